# Quipu. The RUN lines need nothing but Debian 12 and the package indexes that pip, uv and npm are configured for.
FROM debian:bookworm-slim AS libraries

# "cpu" spares 5 GB of GPU libraries; "auto" looks for a card
ARG UV_TORCH_BACKEND=cpu
ARG UV_VERSION=0.13.9

RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home quipu \
    && install --directory --owner=quipu /data

WORKDIR /quipu
COPY pyproject.toml requirements.lock README.md LICENSE ./
# dependencies first: they change less often than the code
RUN python3 -m venv /opt/quipu \
    && /opt/quipu/bin/pip install --no-cache-dir --disable-pip-version-check uv==${UV_VERSION} \
    && VIRTUAL_ENV=/opt/quipu /opt/quipu/bin/uv pip install --no-cache --constraint requirements.lock --requirements pyproject.toml

# the wheel, with the page in it; what builds them stays here
FROM libraries AS wheel
COPY api api
COPY evals evals
COPY graph graph
COPY ingest ingest
COPY retrieval retrieval
COPY samples samples
RUN api/page/build.sh /opt/quipu/bin \
    && /opt/quipu/bin/uv build --no-cache --wheel --out-dir /wheel

FROM libraries
COPY --from=wheel /wheel /wheel
RUN VIRTUAL_ENV=/opt/quipu /opt/quipu/bin/uv pip install --no-cache --no-deps /wheel/*.whl

USER quipu
WORKDIR /data
ENV PATH=/opt/quipu/bin:$PATH QUIPU_DATA_DIR=/data QUIPU_HOST=0.0.0.0
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=6 \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["quipu"]
CMD ["serve"]
