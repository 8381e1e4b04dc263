"""Attention, queries and keys of models of transformers, against what the models return themselves."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from attention_explorer import capture  # noqa: E402

SIZES = dict(vocab_size=100, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)

#: Class, configuration, and whether queries and keys come with it.
MODELS = {
    "gpt2": ("GPT2LMHeadModel", dict(n_layer=2, n_head=4, n_embd=32, vocab_size=100), True),
    "bert": ("BertForSequenceClassification", SIZES, True),
    "distilbert": ("DistilBertModel", dict(n_layers=2, n_heads=4, dim=32, hidden_dim=64, vocab_size=100), True),
    "roberta": ("RobertaModel", SIZES, True),
    "llama": ("LlamaForCausalLM", dict(SIZES, num_key_value_heads=2), True),
    "gemma2": ("Gemma2ForCausalLM", dict(SIZES, num_key_value_heads=2, head_dim=8), True),
    "albert": ("AlbertModel", dict(SIZES, embedding_size=16), True),
    "bloom": ("BloomForCausalLM", dict(n_layer=2, n_head=4, hidden_size=32, vocab_size=100), False),
    "t5": ("T5ForConditionalGeneration", dict(num_layers=2, num_heads=4, d_model=32, d_kv=8, d_ff=64, vocab_size=100), False),
    "bart": (
        "BartForConditionalGeneration",
        dict(
            encoder_layers=2,
            decoder_layers=2,
            encoder_attention_heads=4,
            decoder_attention_heads=4,
            d_model=32,
            encoder_ffn_dim=64,
            decoder_ffn_dim=64,
            vocab_size=100,
        ),
        True,
    ),
}


def build(name):
    kind, config, _ = MODELS[name]
    torch.manual_seed(0)
    model_class = getattr(transformers, kind)
    return model_class(model_class.config_class(**config)).eval()


def inputs_of(model):
    inputs = {"input_ids": torch.tensor([[5, 6, 7, 8, 9, 10]]), "attention_mask": torch.tensor([[1, 1, 1, 1, 1, 0]])}
    if model.config.is_encoder_decoder:
        inputs["decoder_input_ids"] = torch.tensor([[0, 3, 4, 5]])
    return inputs


@pytest.mark.parametrize("name", MODELS)
def test_attention_is_the_models_own(name):
    model = build(name)
    inputs = inputs_of(model)
    trace = capture(model, inputs)
    reference = build(name)
    if name in ("gpt2", "llama", "gemma2", "bart"):  # the others return attention as they are
        reference.set_attn_implementation("eager")
    with torch.no_grad():
        output = reference(**inputs, output_attentions=True)
    compared = 0
    for field, kind in (
        ("encoder_attentions", "encoder"),
        ("decoder_attentions", "decoder"),
        ("cross_attentions", "cross"),
        ("attentions", None),
    ):
        for layer, weights in enumerate(getattr(output, field, None) or ()):
            (site,) = [s for s in trace.sites if s.layer == layer and kind in (None, s.kind)]
            rows, columns = site.attention.shape[1:]
            np.testing.assert_allclose(site.attention, weights[0, :, :rows, :columns].numpy(), atol=1e-6)
            compared += 1
    assert compared == len(trace.sites) > 0


@pytest.mark.parametrize("name", sorted({name for name, (*_, queries) in MODELS.items() if queries} - {"gemma2"}))
def test_queries_and_keys_make_the_attention(name):
    """Within what is attended to. Gemma 2 scales by another number and caps its scores."""
    trace = capture(build(name), inputs_of(build(name)))
    for site in trace.sites:
        keys = np.repeat(site.keys, site.attention.shape[0] // site.keys.shape[0], axis=0)
        scores = site.queries @ keys.transpose(0, 2, 1) / np.sqrt(site.queries.shape[-1])
        weights = np.exp(np.where(site.attention > 0, scores, -np.inf))
        np.testing.assert_allclose(weights / weights.sum(-1, keepdims=True), site.attention, atol=1e-5)


def test_shared_keys_keep_their_number():
    (site, _) = capture(build("gemma2"), inputs_of(build("gemma2"))).sites
    assert (site.queries.shape, site.keys.shape) == ((4, 5, 8), (2, 5, 8))


def test_what_is_left_out_is_said():
    assert "left out" in capture(build("bloom"), inputs_of(build("bloom"))).notes[0]


def test_padding_is_left_out_and_the_model_stays_as_it_was():
    model = build("gpt2").train()
    implementation = model.config._attn_implementation
    trace = capture(model, inputs_of(model))
    assert trace.sites[0].attention.shape == (4, 5, 5)
    assert len(trace.tokens["decoder"]) == 5
    assert model.training and model.config._attn_implementation == implementation


def test_an_encoder_decoder_needs_its_decoders_tokens():
    model = build("bart")
    with pytest.raises(ValueError, match="no decoder tokens"):
        capture(model, {"input_ids": torch.tensor([[5, 6, 7]])})
