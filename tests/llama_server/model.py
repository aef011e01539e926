#!/usr/bin/env python3
"""Makes a tiny model for llama.cpp's server: GGUF, architecture llama, one layer, no knowledge.

    model.py MODEL.gguf [--no-thinking]

It draws words independently of each other and of the prompt. The layer only tells whether </think> is behind. It thinks for about 120 words
between <think> and </think>, answers in about 40 words, and ends; with --no-thinking it only answers. Its words are the ones below.
"""

import math
import sys

import gguf
import numpy as np

WORDS = """okay so the user wants me to find what comes next and I need to check each step before I go on first let me
look at the numbers wait that is not right hmm maybe if we add them again we get the same sum which means the answer
should be small but let me verify it by hand then compare both ways because a mistake is easy here now the second part
asks how many are left so take away what was used and count the rest it seems fine this gives a total that fits all of
the conditions therefore I can write it down""".split()
MARKS = [".", ",", "?"]
WIDTH, HEADS, HIDDEN, CONTEXT = 32, 2, 32, 8192
THINK, ANSWER = 1 / 120, 1 / 40
# The chat template opens the thinking, as those of reasoning models do.
TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}<|assistant|>"
    "{% if message['reasoning_content'] %}<think>\n{{ message['reasoning_content'] }}\n</think>\n\n{% endif %}"
    "{{ message['content'] }}</s>"
    "{% else %}<|{{ message['role'] }}|>{{ message['content'] }}\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% if enable_thinking is not defined or enable_thinking %}<think>\n{% endif %}{% endif %}"
)
# Numbers of an embedding: the same for all tokens; 1 for </think>; what the layer adds once </think> is behind.
ALWAYS, IS_END, IS_BEHIND = 0, 1, 3
# The attention looks at </think> wherever it stands: the slowest pair of the rotary positions, and so much of it.
SLOWEST, SHARPNESS = WIDTH // HEADS - 2, 200.0


def vocabulary():
    """Tokens, their kinds, and the probability of each in the thinking and in the answer."""
    normal, unknown, control, user, byte = 1, 2, 3, 4, 6
    tokens = [("<unk>", unknown, 0.0, 0.0), ("<s>", control, 0.0, 0.0), ("</s>", control, 0.0, ANSWER)]
    tokens += [("<think>", user, 0.0, 0.0), ("</think>", user, THINK, 0.0)]
    tokens += [(f"<0x{value:02X}>", byte, 0.0, 0.0) for value in range(256)]
    shares = {mark: 0.04 for mark in MARKS}
    left = 1.0 - sum(shares.values())
    shares.update({f"▁{word}": left * WORDS.count(word) / len(WORDS) for word in sorted(set(WORDS))})
    tokens += [(text, normal, (1 - THINK) * share, (1 - ANSWER) * share) for text, share in shares.items()]
    return tokens


# The template of a model that does not think.
PLAIN = "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}\n{% endfor %}<|assistant|>"


def logarithms(tokens, part):
    return np.array([math.log(token[part]) if token[part] else -40.0 for token in tokens], np.float32)


def main():
    thinks = "--no-thinking" not in sys.argv[2:]
    tokens = vocabulary()
    count = len(tokens)
    made = gguf.GGUFWriter(sys.argv[1], "llama")
    made.add_name("tiny words")
    made.add_context_length(CONTEXT)
    made.add_embedding_length(WIDTH)
    made.add_block_count(1)
    made.add_feed_forward_length(HIDDEN)
    made.add_head_count(HEADS)
    made.add_head_count_kv(HEADS)
    made.add_layer_norm_rms_eps(1e-5)
    made.add_rope_dimension_count(WIDTH // HEADS)
    made.add_vocab_size(count)
    made.add_tokenizer_model("llama")
    made.add_token_list([text.encode() for text, *_ in tokens])
    made.add_token_scores([0.0 if kind != 1 else -float(at) for at, (_, kind, *_) in enumerate(tokens)])
    made.add_token_types([kind for _, kind, *_ in tokens])
    made.add_unk_token_id(0)
    made.add_bos_token_id(1)
    made.add_eos_token_id(2)
    made.add_add_bos_token(True)
    made.add_chat_template(TEMPLATE if thinks else PLAIN)

    place = {text: at for at, (text, *_) in enumerate(tokens)}
    embedding = np.zeros((count, WIDTH), np.float32)
    embedding[:, ALWAYS] = 1.0
    embedding[place["</think>"], IS_END] = 1.0
    # The norm scales a vector to the root of the width: by that much in the thinking, by less where two numbers are 1.
    alone, both = math.sqrt(WIDTH), math.sqrt(WIDTH / 2)
    output = np.zeros((count, WIDTH), np.float32)
    output[:, ALWAYS] = logarithms(tokens, 2 if thinks else 3) / alone
    output[:, IS_BEHIND] = logarithms(tokens, 3) / both - output[:, ALWAYS]

    def matrix(row=None, column=None, value=0.0):
        made = np.zeros((WIDTH, WIDTH), np.float32)
        if row is not None:
            made[row, column] = value
        return made

    ones = np.ones(WIDTH, np.float32)
    # A row of a matrix is a number that comes out, a column one that goes in.
    tensors = {
        "token_embd": embedding,
        "output_norm": ones,
        "output": output,
        "blk.0.attn_norm": ones,
        "blk.0.ffn_norm": ones,
        "blk.0.attn_q": matrix(SLOWEST, ALWAYS, SHARPNESS / alone),
        "blk.0.attn_k": matrix(SLOWEST, IS_END, 1.0 / both),
        "blk.0.attn_v": matrix(0, IS_END, 1.0 / both),
        "blk.0.attn_output": matrix(IS_BEHIND, 0, 1.0),
        **{f"blk.0.ffn_{name}": matrix() for name in ("gate", "up", "down")},
    }
    for name, values in tensors.items():
        made.add_tensor(f"{name}.weight", values)
    made.write_header_to_file()
    made.write_kv_data_to_file()
    made.write_tensors_to_file()
    made.close()


if __name__ == "__main__":
    main()
