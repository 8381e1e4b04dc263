"""A BertViz notebook runs after its import is changed: the same calls are given to both packages."""

import inspect

import pytest

import attention_explorer

bertviz = pytest.importorskip("bertviz")
torch = pytest.importorskip("torch")


@pytest.mark.parametrize("name", ["head_view", "model_view"])
def test_arguments_are_bertvizs_in_its_order_with_its_defaults(name):
    theirs = inspect.signature(getattr(bertviz, name)).parameters
    ours = inspect.signature(getattr(attention_explorer, name)).parameters
    positional = [each.name for each in ours.values() if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    assert positional == list(theirs)
    differing = {each for each in theirs if theirs[each].default != ours[each].default}
    assert differing <= {"display_mode"}  # the notebook's, unless given


def test_arguments_of_the_neuron_view_are_bertvizs():
    from bertviz import neuron_view

    theirs = inspect.signature(neuron_view.show).parameters
    ours = inspect.signature(attention_explorer.neuron_view.show).parameters
    assert list(ours) == list(theirs)


ENCODER = ["▁The", "▁cat", "▁sat", "▁down", "</s>"]
DECODER = ["<pad>", "▁Die", "▁Katze"]


def layers(rows, columns, count=2, heads=4):
    return tuple(torch.randn(1, heads, rows, columns).softmax(-1) for _ in range(count))


CALLS = {
    "one text": dict(attention=layers(4, 4), tokens=["[CLS]", "a", "##b", "[SEP]"]),
    "a pair": dict(attention=layers(4, 4), tokens=["[CLS]", "a", "b", "[SEP]"], sentence_b_start=2),
    "some layers": dict(attention=layers(4, 4, 3), tokens=list("abcd"), include_layers=[0, 2]),
    "two stacks": dict(
        encoder_attention=layers(5, 5),
        decoder_attention=layers(3, 3),
        cross_attention=layers(3, 5),
        encoder_tokens=ENCODER,
        decoder_tokens=DECODER,
    ),
}


@pytest.mark.parametrize("name", ["head_view", "model_view"])
@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_bertviz_takes_is_taken(name, call):
    for package in (bertviz, attention_explorer):
        markup = getattr(package, name)(**CALLS[call], html_action="return").data
        assert "<iframe" in markup or "<script" in markup
