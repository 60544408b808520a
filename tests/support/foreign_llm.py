"""A LlamaIndex ``LLM`` of somebody else, as a user would name it: ``llamaindex:foreign_llm:make``."""

import warnings

url = ""


def make() -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, at import
        from llama_index.llms.openai import OpenAI

    return OpenAI(model="gpt-4", api_key="test", api_base=f"{url}/v1", max_retries=0)


def not_a_model() -> object:
    return "no model"
