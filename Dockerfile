# A static binary in an image with nothing else, run as nobody in particular:
#   docker build -t cotprint .
#   docker run --rm --network none -v "$PWD:/work:ro" cotprint check --policy cotprint.toml traces.jsonl
# The same with a shell, which GitLab's runner needs:
#   docker build --target shell -t cotprint:shell .
FROM rust:1.90-alpine AS build
# A pinned version of a package is gone from Alpine's mirrors with its next one.
# hadolint ignore=DL3018
RUN apk add --no-cache build-base cmake
WORKDIR /source
COPY . .
RUN cargo build --locked --release && strip target/release/cotprint

FROM alpine:3.22 AS shell
COPY --from=build /source/target/release/cotprint /usr/local/bin/cotprint
COPY --from=build /source/LICENSE-APACHE /source/LICENSE-MIT /source/NOTICE /licences/
WORKDIR /work
USER 65532:65532

FROM scratch
COPY --from=build /source/target/release/cotprint /cotprint
COPY --from=build /source/LICENSE-APACHE /source/LICENSE-MIT /source/NOTICE /licences/
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/cotprint"]
