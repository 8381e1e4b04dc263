"""Traces, the file they are written to, and what views are given."""

import base64
import gzip
import html
import json
import re
import struct

import numpy as np
import pytest

from attention_explorer import Image, Site, Tokens, Trace, head_view, model_view, save_trace, show
from attention_explorer.page import HALF_AT_MOST, PLACE, document, precision_for
from attention_explorer.views import trace_of


def probs(heads, rows, columns, causal=False):
    weights = np.random.default_rng(0).random((heads, rows, columns)).astype(np.float32)
    if causal:
        weights = np.tril(weights)
    return weights / weights.sum(-1, keepdims=True)


def read(data):
    """Tensors and description of a safetensors file, by its specification."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    about = json.loads(header.pop("__metadata__")["about"])
    types = {"F32": np.float32, "F16": np.float16, "U8": np.uint8}
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + at for at in entry["data_offsets"])
        tensors[name] = np.frombuffer(data[start:end], types[entry["dtype"]]).reshape(entry["shape"])
    return tensors, about


@pytest.fixture(autouse=True)
def viewer(tmp_path, monkeypatch):
    path = tmp_path / "viewer.html"
    path.write_text(f"<!doctype html><body>{PLACE}</body>")
    monkeypatch.setenv("ATTENTION_EXPLORER_VIEWER", str(path))


def embedded(markup):
    """What a cell's frame is sent: what is said of the trace, and its bytes."""
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', markup).group(1))
    assert PLACE.replace("null", '"parent"') in page
    about, *parts = re.findall(r'<script type="text/plain">(.*?)</script>', markup)
    made = json.loads(about)
    data = b"".join(base64.b64decode(part) for part in parts)
    return made, gzip.decompress(data) if made["gzip"] else data


@pytest.mark.parametrize(("precision", "error"), [("float32", 0), ("float16", 5e-4), ("uint8", 0.5 / 255 + 1e-6)])
def test_a_file_holds_what_was_given(tmp_path, precision, error):
    weights = probs(2, 4, 4)
    trace = Trace([Site(weights)], {"encoder": Tokens(["[CLS]", "a", "##b", "[SEP]"])}, attributions={"mine": [0, 1, 2, 3]})
    tensors, about = read(save_trace(trace, tmp_path / "t.safetensors", precision).read_bytes())
    stored = tensors["attention.0"].astype(np.float32) / (255 if precision == "uint8" else 1)
    assert np.abs(stored - weights).max() <= error
    assert about["sites"] == [{"layer": 0, "kind": "encoder", "heads": 2, "kvHeads": 2}]
    assert about["tokens"]["encoder"]["tokens"] == ["[CLS]", "a", "##b", "[SEP]"]
    assert about["attributions"] == [{"method": "mine", "stack": "encoder", "values": [0, 1, 2, 3]}]


def test_an_image_travels_with_its_patches():
    pixels = np.random.default_rng(1).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    names = ["[CLS]", *(f"r{row}c{column}" for row in (1, 2) for column in (1, 2, 3))]
    image = Image(pixels, 2, 3, name="cat.png")
    tensors, about = read(Trace([Site(probs(2, 7, 7))], {"encoder": Tokens(names)}, image=image).to_bytes())
    np.testing.assert_array_equal(tensors["image"], pixels)
    assert about["image"] == {"name": "cat.png", "width": 6, "height": 4, "rows": 2, "columns": 3, "step": [2, 2], "first": 1}
    _, words = read(Trace([Site(probs(2, 7, 7))], {"encoder": Tokens(names)}).to_bytes())
    assert "image" not in words


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (Image(np.zeros((4, 6, 3), np.float32), 2, 3), "float32"),
        (Image(np.zeros((4, 6), np.uint8), 2, 3), "instead of uint8"),
        (Image(np.zeros((4, 6, 3), np.uint8), 2, 3, first=2), "from token 2 on, of 7 tokens"),
        (Image(np.zeros((4, 6, 3), np.uint8), 2, 3, step=(3, 2)), "of 3 x 2 in 4 x 6"),
    ],
)
def test_an_image_that_does_not_fit_is_refused(image, message):
    with pytest.raises(ValueError, match=message):
        Trace([Site(probs(2, 7, 7))], {"encoder": Tokens(["a"] * 7)}, image=image).to_bytes()


def test_large_attention_travels_in_8_bits_and_says_so():
    tokens = 1200
    large = Trace([Site(np.zeros((3, tokens, tokens), np.float32))], {"encoder": Tokens(["a"] * tokens)})
    assert large.sites[0].attention.size > HALF_AT_MOST
    assert precision_for(large) == "uint8"
    assert "rounded to 8 bits" in document(large, {})
    small = Trace([Site(probs(1, 2, 2))], {"encoder": Tokens(["a", "b"])})
    assert "rounded" not in document(small, {})


def test_a_trace_is_compressed_where_that_is_worth_it(monkeypatch):
    monkeypatch.setattr("attention_explorer.page.PART", 64)
    zeros = Trace([Site(np.zeros((2, 64, 64), np.float32))], {"encoder": Tokens(["a"] * 64)})
    noise = Trace([Site(probs(2, 64, 64))], {"encoder": Tokens(["a"] * 64)})
    for trace, compressed in ((zeros, True), (noise, False)):
        made, data = embedded(show(trace, html_action="return").data)
        assert made["gzip"] is compressed
        assert data == trace.to_bytes("float16")


def test_head_view_takes_what_bertviz_takes():
    attention = [probs(2, 4, 4)[None] for _ in range(3)]
    tokens = ["[CLS]", "a", "b", "[SEP]"]
    made, data = embedded(head_view(attention, tokens, 2, True, 1, [0, 1], html_action="return").data)
    assert made["link"] == "view=heads&layer=1&heads=0%2C1&embed=1"
    tensors, about = read(data)
    assert about["tokens"]["encoder"]["segments"] == [0, 0, 1, 1]
    np.testing.assert_allclose(tensors["attention.1"], attention[1][0], atol=5e-4)


def test_causal_attention_is_a_decoders():
    trace = trace_of([probs(2, 4, 4, causal=True)], list("abcd"))
    assert [site.kind for site in trace.sites] == ["decoder"]


def test_encoder_decoder_of_unequal_lengths():
    made, data = embedded(
        model_view(
            encoder_attention=[probs(2, 5, 5)],
            decoder_attention=[probs(2, 3, 3, causal=True)],
            cross_attention=[probs(2, 3, 5)],
            encoder_tokens=list("abcde"),
            decoder_tokens=list("xyz"),
            display_mode="dark",
            html_action="return",
        ).data
    )
    assert made["link"] == "view=model&theme=dark&embed=1"
    tensors, about = read(data)
    assert [site["kind"] for site in about["sites"]] == ["encoder", "decoder", "cross"]
    assert tensors["attention.2"].shape == (2, 3, 5)


def test_generated_tokens_are_put_together():
    steps = [tuple(probs(2, 1, length)[None] for _ in range(2)) for length in (3, 4, 5)]
    steps[0] = tuple(probs(2, 3, 3, causal=True)[None] for _ in range(2))
    trace = trace_of(decoder_attention=steps, decoder_tokens=list("abcde"))
    assert [site.attention.shape for site in trace.sites] == [(2, 5, 5), (2, 5, 5)]
    np.testing.assert_array_equal(trace.sites[1].attention[:, 3, :4], steps[1][1][0, :, 0])
    assert not trace.sites[1].attention[:, 3, 4:].any()


def test_layers_and_heads_are_picked_and_keep_their_numbers():
    attention = [probs(4, 2, 2) for _ in range(5)]
    trace = trace_of(attention, ["a", "b"], include_layers=[1, 4], include_heads=[3])
    assert [site["layer"] for site in trace.described()["sites"]] == [1, 4]
    np.testing.assert_array_equal(trace.sites[1].attention[0], attention[4][3])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "no attention: give"),
        ({"attention": [probs(2, 3, 3)]}, "no tokens"),
        ({"attention": [], "tokens": ["a"]}, "no attention: attention is empty"),
        ({"attention": [np.zeros((2, 2, 3, 3))], "tokens": list("abc")}, "more than one text"),
        ({"attention": [np.zeros(3)], "tokens": list("abc")}, "bad shape"),
        ({"attention": [probs(2, 3, 3)], "tokens": ["a"], "include_layers": [1]}, "no layer: 1 of 1"),
        ({"attention": [probs(2, 3, 3)], "cross_attention": [probs(2, 3, 3)], "tokens": list("abc")}, "two kinds"),
    ],
)
def test_what_does_not_go_together_is_named(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        trace_of(**given)


def test_lengths_that_differ_are_named():
    with pytest.raises(ValueError, match=r"lengths differ: attention of site 0 is \[2, 3, 3\], but there are 2 tokens"):
        head_view([probs(2, 3, 3)], ["a", "b"], html_action="return")
    with pytest.raises(ValueError, match="no tokens: cross attention of site 0 needs those of the encoder"):
        head_view(cross_attention=[probs(2, 3, 4)], decoder_tokens=list("abc"), html_action="return")


def test_markup_in_tokens_stays_text():
    trace = Trace([Site(probs(1, 2, 2))], {"encoder": Tokens(["</script><script>alert(1)</script>", '"'])})
    page = document(trace, {})
    assert page.count("<script") == 1
    _, data = embedded(show(trace, html_action="return").data)
    assert read(data)[1]["tokens"]["encoder"]["tokens"][1] == '"'


def test_no_viewer_is_said(monkeypatch):
    monkeypatch.setenv("ATTENTION_EXPLORER_VIEWER", "nowhere.html")
    with pytest.raises(FileNotFoundError, match="no viewer: nowhere.html"):
        document(Trace([Site(probs(1, 1, 1))], {"encoder": Tokens(["a"])}), {})
