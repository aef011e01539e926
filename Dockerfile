# A static binary in an image with nothing else, run as nobody in particular:
#   docker build -t cotprint .
#   docker run --rm --network none -v "$PWD:/work:ro" cotprint check --policy cotprint.toml traces.jsonl
FROM rust:1.90-alpine AS build
RUN apk add --no-cache build-base cmake
WORKDIR /source
COPY . .
RUN cargo build --locked --release && strip target/release/cotprint

FROM scratch
COPY --from=build /source/target/release/cotprint /cotprint
COPY --from=build /source/LICENSE-APACHE /source/LICENSE-MIT /source/NOTICE /licences/
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/cotprint"]
