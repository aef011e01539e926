#!/usr/bin/env python3
"""Plays traces of a corpus back as an endpoint, under another name, and has `collect --compare` judge them: the table
of docs/collect.md. One sample of each prompt, drawn with a fixed seed. The prompts go into a cache of their own.

    docs/figures/playback.py target/release/cotprint ../shared/corpora/misguided-attention qwen_qwq-32b …
    docs/figures/playback.py target/release/cotprint ../shared/corpora/misguided-attention --atlas left-out.atlas qwen_qwq-32b …
"""

import argparse
import collections
import glob
import gzip
import http.server
import json
import pathlib
import random
import subprocess
import tempfile
import threading

NAME = "checkpoint-x"


def records(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def one_per_prompt(path):
    by_prompt = collections.defaultdict(list)
    for record in records(path):
        if record.get("reasoning") and record.get("prompt"):
            by_prompt[record["prompt"]].append(record)
    draw = random.Random(0)
    return {prompt: draw.choice(own) for prompt, own in sorted(by_prompt.items())}


def server(traces):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self, status, body, kind="application/json"):
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.answer(200, {"data": [{"id": NAME}]})

        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            trace = traces.get(request["messages"][-1]["content"])
            if trace is None:
                return self.answer(400, {"error": {"message": "nobody answered this prompt"}})
            text = trace["reasoning"]
            deltas = [{"reasoning_content": text[at : at + 400]} for at in range(0, len(text), 400)]
            deltas += [{"content": trace.get("answer") or "-"}]
            choice = lambda delta, finish=None: {"index": 0, "delta": delta, "finish_reason": finish}
            choices = [choice(delta) for delta in deltas] + [choice({}, "stop")]
            events = [{"id": "c", "object": "chat.completion.chunk", "choices": [one]} for one in choices]
            lines = [f"data: {json.dumps(event)}\n\n" for event in events] + ["data: [DONE]\n\n"]
            return self.answer(200, "".join(lines).encode(), "text/event-stream")

    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--atlas")
    given = parser.parse_args()
    atlas = ["--atlas", given.atlas] if given.atlas else []
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        (folder / "prompts").mkdir()
        prompts = {record["prompt"] for path in glob.glob(f"{given.corpus}/*.gz") for record in records(path) if record["prompt"]}
        lines = (json.dumps({"prompt": prompt}) for prompt in sorted(prompts))
        (folder / f"prompts/{given.corpus.name}.jsonl").write_text("\n".join(lines))
        for model in given.models:
            made = server(one_per_prompt(given.corpus / f"{model}.jsonl.gz"))
            command = [given.program, "collect", "--endpoint", f"http://127.0.0.1:{made.server_port}/v1", "--model", NAME]
            command += ["--prompts", given.corpus.name, "--cache", place, "-o", f"{place}/{model}.jsonl"]
            command += ["--compare", "--report", f"{place}/{model}", "--concurrency", "1", *atlas]
            subprocess.run(command, check=True, capture_output=True)
            made.shutdown()
            report = json.loads((folder / model / "report.json").read_text())
            verdict = report["verdict"]
            print(model, verdict["kind"], ", ".join(verdict["references"]), report["traces"], sep="\t", flush=True)


if __name__ == "__main__":
    main()
