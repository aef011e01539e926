#!/usr/bin/env python3
"""Has `cotprint collect` ask a real server: llama.cpp's, from the wheel of `xllamacpp`, with the tiny model of model.py.

    pip install xllamacpp gguf
    tests/llama_server/check.py target/release/cotprint

Checks what a user sees: the two commands of the README's way from a server to a verdict, a run that is stopped and goes
on, a streamed and a whole answer, a key that the server wants, a model that it does not have, a path that is missing
or there twice, an answer cut off by --max-tokens, tags in the answer, and a model without reasoning. Only the loopback address is used.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import xllamacpp

HERE = pathlib.Path(__file__).resolve().parent
NAME, KEY, SEED = "tiny-words", "a-key-for-this-test", 7
# Different prompts, written for this project.
FIXTURE = HERE.parents[1] / "fixtures/new-model.jsonl"
PROMPTS = [json.loads(line)["prompt"] for line in FIXTURE.read_text(encoding="utf-8").splitlines()]


def server(model, key=None, parser=True):
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.model_alias = {NAME}
    params.n_ctx, params.n_parallel, params.warmup, params.use_jinja, params.fit_params = 16384, 2, False, True, False
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.cpuparams.n_threads = 1
    params.verbosity = 0
    # All words may be drawn, with the model's own probabilities.
    sampling = params.sampling
    sampling.top_k, sampling.top_p, sampling.min_p, sampling.temp = 0, 1.0, 0.0, 1.0
    formats = xllamacpp.common_reasoning_format
    params.reasoning_format = formats.COMMON_REASONING_FORMAT_DEEPSEEK if parser else formats.COMMON_REASONING_FORMAT_NONE
    if key:
        params.api_keys = [key]
    return xllamacpp.Server(params)


class Check:
    def __init__(self, program, folder):
        self.program, self.folder, self.count, self.said = str(pathlib.Path(program).resolve()), folder, 0, ""

    def command(self, *arguments):
        return [self.program, *map(str, arguments)]

    def run(self, *arguments, code=0, **variables):
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
        done = subprocess.run(
            self.command(*arguments), cwd=self.folder, env=environment | variables, capture_output=True, text=True, timeout=300
        )
        if done.returncode != code:
            sys.exit(f"{arguments}: exit code {done.returncode} in place of {code}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        self.count += 1
        self.said = done.stdout + done.stderr
        return self.said

    def holds(self, what, condition):
        if not condition:
            sys.exit(f"this does not hold: {what}\n{self.said[-2000:]}")
        self.count += 1


def records(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def texts(path):
    """What must be the same after a run that was stopped: all but times, ids and what follows from them."""
    return [(own["prompt"], own["reasoning"], own.get("answer")) for own in records(path)]


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([sys.executable, HERE / "model.py", folder / "tiny.gguf"], check=True)
        prompts = folder / "prompts.jsonl"
        prompts.write_text("".join(json.dumps({"prompt": own}) + "\n" for own in PROMPTS), encoding="utf-8")
        check = Check(sys.argv[1], folder)
        running = server(folder / "tiny.gguf")
        address = running.listening_address
        asked = ["--prompts", prompts, "--max-tokens", 900]
        # With one seed the model gives the same answer to each prompt: good to compare files, no corpus for a verdict.
        settings = [*asked, "--extra", json.dumps({"seed": SEED})]
        to = ["collect", "--endpoint", f"{address}/v1", "--model", NAME]

        # The two commands.
        check.run(*to, *asked, "-o", "traces.jsonl")
        rows = records(folder / "traces.jsonl")
        check.holds("an answer to each prompt, in their order", [row["prompt"] for row in rows] == PROMPTS)
        check.holds("reasoning apart from the answer", sum(bool(row["reasoning"]) for row in rows) > 0.8 * len(rows) and not any("</think>" in (row["reasoning"] or "") for row in rows))
        check.holds("answers", sum(bool(row.get("answer")) for row in rows) > len(rows) // 2)
        check.holds("the server's name of the model", all(NAME in json.dumps(row["meta"]["collect"]) for row in rows))
        said = check.run("compare", "traces.jsonl", "--report", "report")
        check.holds("nobody is named of words drawn by lot", "resemble" not in said.splitlines()[0])
        check.holds("a report", (folder / "report/report.html").stat().st_size > 10_000)

        # Stopped in the middle, and on.
        stopped = subprocess.Popen(
            check.command(*to, *settings, "--concurrency", 1, "-o", "stopped.jsonl"),
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until and stopped.poll() is None:
            path = folder / "stopped.jsonl"
            if path.exists() and len(path.read_bytes().splitlines()) >= 5:
                stopped.send_signal(signal.SIGKILL)
                break
            time.sleep(0.01)
        stopped.wait()
        at_stop = len((folder / "stopped.jsonl").read_bytes().splitlines())
        check.holds("it was stopped in the middle", 5 <= at_stop < len(PROMPTS))
        check.run(*to, *settings, "--concurrency", 1, "-o", "stopped.jsonl")
        check.run(*to, *settings, "--concurrency", 1, "-o", "whole.jsonl")
        check.holds("the resumed file has the same texts", texts(folder / "stopped.jsonl") == texts(folder / "whole.jsonl"))
        check.run(*to, *settings, "--concurrency", 1, "--no-stream", "-o", "unstreamed.jsonl")
        check.holds("whole answers are those of streams", texts(folder / "unstreamed.jsonl") == texts(folder / "whole.jsonl"))

        # What goes wrong.
        few = ["--prompts", prompts, "--limit", 3]
        said = check.run("collect", "--endpoint", address, "--model", NAME, *few, "-o", "root.jsonl")
        check.holds("an address without /v1 is found", len(records(folder / "root.jsonl")) == 3)
        check.run("collect", "--endpoint", f"{address}/v1/v1", "--model", NAME, *few, "-o", "twice.jsonl")
        said = check.run("collect", "--endpoint", f"{address}/v1", "--model", "another", *few, "-o", "no.jsonl", code=2)
        check.holds("the models that are there", NAME in said)
        check.run(*to, *few, "--max-tokens", 40, "-o", "short.jsonl")
        cut = [row["meta"].get("mediation") == "truncated" or "length" in json.dumps(row["response"]) for row in records(folder / "short.jsonl")]
        check.holds("answers that end at the limit are told", any(cut))
        del running

        locked = server(folder / "tiny.gguf", key=KEY)
        to = ["collect", "--endpoint", f"{locked.listening_address}/v1", "--model", NAME]
        said = check.run(*to, *few, "-o", "locked.jsonl", code=2)
        check.holds("it says where a key comes from", "--key-env" in said)
        said = check.run(*to, *few, "-o", "unlocked.jsonl", OPENAI_API_KEY=KEY)
        everything = said + "".join(path.read_text(encoding="utf-8", errors="replace") for path in folder.glob("*.jsonl"))
        check.holds("the key stands nowhere", KEY not in everything)
        del locked

        unparsed = server(folder / "tiny.gguf", parser=False)
        to = ["collect", "--endpoint", f"{unparsed.listening_address}/v1", "--model", NAME]
        check.run(*to, *few, "-o", "unparsed.jsonl")
        check.holds("tags that stay in the answer are read", any(row["reasoning"] for row in records(folder / "unparsed.jsonl")))
        del unparsed

        subprocess.run([sys.executable, HERE / "model.py", folder / "plain.gguf", "--no-thinking"], check=True)
        plain = server(folder / "plain.gguf")
        to = ["collect", "--endpoint", f"{plain.listening_address}/v1", "--model", NAME]
        said = check.run(*to, "--prompts", prompts, "-o", "plain.jsonl", code=2)
        check.holds("it says after three answers that there is no reasoning", "reasoning" in said and "llama" in said.lower())
        check.run(*to, *few, "--without-reasoning", "-o", "answers.jsonl")
        check.holds("answers alone are kept where that is asked for", len(records(folder / "answers.jsonl")) == 3)
        print(f"{check.count} checks hold on llama.cpp's server (xllamacpp {xllamacpp.__version__})")


if __name__ == "__main__":
    main()
