"""Attention of vision models over their patches, and the image as they saw it, against what the models and the image say."""

from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from attention_explorer import capture  # noqa: E402
from attention_explorer.pixels import CUSTOMARY, pixels_of  # noqa: E402

SIZES = dict(
    hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, image_size=32, patch_size=8
)
TEXT = dict(vocab_size=100, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
REGISTERS = ["[CLS]", "[REG1]", "[REG2]", "[REG3]", "[REG4]"]

#: Class, more of its configuration, and tokens before the patches.
MODELS = {
    "vit": ("ViTForImageClassification", {}, ["[CLS]"]),
    "deit": ("DeiTForImageClassificationWithTeacher", {}, ["[CLS]", "[DIST]"]),
    "dinov2": ("Dinov2Model", {}, ["[CLS]"]),
    "dinov2 with registers": ("Dinov2WithRegistersForImageClassification", {}, REGISTERS),
    "dinov3": ("DINOv3ViTModel", {"num_register_tokens": 4}, REGISTERS),
    "beit": ("BeitForImageClassification", {"use_relative_position_bias": True}, ["[CLS]"]),
    "beit, one bias": ("BeitModel", {"use_shared_relative_position_bias": True}, ["[CLS]"]),
    "data2vec": ("Data2VecVisionModel", {"use_relative_position_bias": True}, ["[CLS]"]),
    "clip": ("CLIPVisionModelWithProjection", {}, ["[CLS]"]),
    "siglip": ("SiglipVisionModel", {}, []),
    "yolos": ("YolosModel", {"image_size": [32, 32], "num_detection_tokens": 3}, ["[CLS]"]),
}
PATCHES = [f"r{row}c{column}" for row in (1, 2, 3, 4) for column in (1, 2, 3, 4)]


def build(name, more=None):
    kind, config, _ = MODELS.get(name, (name, more, None))
    torch.manual_seed(0)
    model_class = getattr(transformers, kind)
    model = model_class(model_class.config_class(**{**SIZES, **config}))
    for path, parameter in model.named_parameters():
        if path.endswith("relative_position_bias_table"):  # zeros, as they are made
            torch.nn.init.normal_(parameter, generator=torch.Generator().manual_seed(1))
    return model.eval()


def picture(height=32, width=32):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def processed(pixels, mean=CUSTOMARY[0][0], std=CUSTOMARY[0][1], factor=1 / 255):
    """What an image processor makes of an image, by the definition."""
    values = (pixels * factor - np.array(mean)) / np.array(std)
    return {"pixel_values": torch.tensor(values.transpose(2, 0, 1)[None], dtype=torch.float32)}


@pytest.fixture(scope="module", params=MODELS)
def captured(request):
    return request.param, capture(build(request.param), processed(picture()))


def test_attention_is_the_models_own(captured):
    name, trace = captured
    reference = build(name)
    reference.set_attn_implementation("eager")
    with torch.no_grad():
        layers = reference(**processed(picture()), output_attentions=True).attentions
    assert [(site.kind, site.layer) for site in trace.sites] == [("encoder", 0), ("encoder", 1)]
    for site, weights in zip(trace.sites, layers, strict=True):
        np.testing.assert_allclose(site.attention, weights[0].numpy(), atol=1e-6)


def test_tokens_are_patches_row_by_row(captured):
    name, trace = captured
    before = MODELS[name][2]
    behind = ["[DET1]", "[DET2]", "[DET3]"] if name == "yolos" else []
    assert list(trace.tokens["encoder"].tokens) == [*before, *PATCHES, *behind]
    image = trace.image
    assert (image.rows, image.columns, image.first, image.steps()) == (4, 4, len(before), (8, 8))
    np.testing.assert_array_equal(image.pixels, picture())
    assert trace.notes == []


def test_a_token_is_the_patch_that_it_is_named_after(captured):
    """Where pixels of one patch change, one token alone does, before attention mixes them: in the first layer's queries."""
    name, trace = captured
    changed = picture()
    changed[16:24, 8:16] = 255 - changed[16:24, 8:16]
    other = capture(build(name), processed(changed))
    apart = np.abs(other.sites[0].queries - trace.sites[0].queries).max((0, 2))
    tokens = trace.tokens["encoder"].tokens
    assert [token for token, far in zip(tokens, apart) if far > 1e-4] == ["r3c2"]


def test_queries_and_keys_make_the_attention(captured):
    name, trace = captured
    encoder = build(name).base_model.encoder if name.startswith(("beit", "data2vec")) else None
    for site in trace.sites:
        scores = site.queries @ site.keys.transpose(0, 2, 1) / np.sqrt(site.queries.shape[-1])
        if encoder is not None:  # a bias by where patches are to each other is added
            own = encoder.layer[site.layer].attention.attention
            module = own.relative_position_bias if own.has_relative_position_bias else encoder.relative_position_bias
            with torch.no_grad():
                bias = module((4, 4), dim_size=17)[0].numpy()
            assert np.abs(bias).max() > 0.5
            scores = scores + bias
        weights = np.exp(scores)
        np.testing.assert_allclose(weights / weights.sum(-1, keepdims=True), site.attention, atol=1e-5)


def test_classifiers_bring_their_labels():
    labels = {2: "dog", 0: "cat", 1: "hen"}
    model = build("ViTForImageClassification", {"id2label": labels})
    assert capture(model, processed(picture())).described()["model"]["labels"] == ["cat", "hen", "dog"]
    assert capture(build("dinov2"), processed(picture())).labels is None


def test_of_two_towers_the_one_for_images_runs():
    config = transformers.CLIPConfig(text_config=TEXT, vision_config=SIZES)
    model = transformers.CLIPModel(config).eval()
    words = {"input_ids": torch.tensor([[1, 2, 3]]), "attention_mask": torch.ones(1, 3).long()}
    for more in ({}, words):
        trace = capture(model, {**processed(picture()), **more})
        assert list(trace.tokens["encoder"].tokens) == ["[CLS]", *PATCHES]
        assert trace.notes == ["This is vision_model of CLIPModel alone: the part of it that reads images."]
    model.set_attn_implementation("eager")
    with torch.no_grad():
        own = model(**processed(picture()), **words, output_attentions=True).vision_model_output.attentions
    np.testing.assert_allclose(trace.sites[1].attention, own[1][0].numpy(), atol=1e-6)


def test_an_image_of_another_size_has_other_patches():
    inputs = {**processed(picture(45, 24)), "interpolate_pos_encoding": True}
    trace = capture(build("vit"), inputs)
    assert (trace.image.rows, trace.image.columns, trace.image.steps()) == (5, 3, (8, 8))
    assert trace.tokens["encoder"].tokens[-1] == "r5c3"
    assert trace.image.pixels.shape == (45, 24, 3)


def test_the_first_of_several_images_is_taken():
    several = torch.cat([processed(picture())["pixel_values"], torch.zeros(1, 3, 32, 32)])
    trace = capture(build("beit"), {"pixel_values": several})
    np.testing.assert_array_equal(trace.image.pixels, picture())


@pytest.mark.parametrize("mean, std", CUSTOMARY)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_customary_normalisation_is_undone_to_the_last_bit(mean, std, dtype):
    values = processed(picture(), mean, std)["pixel_values"][0].to(dtype)
    pixels, notes = pixels_of(values)
    np.testing.assert_array_equal(pixels, picture())
    assert notes == []


def test_a_processor_undoes_its_own():
    mean, std, factor = (0.1, 0.2, 0.3), (0.7, 0.8, 0.9), 1 / 127.5
    values = processed(picture(), mean, std, factor)["pixel_values"][0]
    pixels, notes = pixels_of(values)
    assert np.abs(pixels.astype(int) - picture()).max() > 1 and "isn't known" in notes[0]
    own = SimpleNamespace(image_mean=mean, image_std=std, rescale_factor=factor, do_normalize=True, do_rescale=True)
    for processor in (own, SimpleNamespace(image_processor=own, tokenizer=None)):
        pixels, notes = pixels_of(values, processor)
        np.testing.assert_array_equal(pixels, picture())
        assert notes == []
    plain = SimpleNamespace(image_mean=mean, image_std=std, rescale_factor=factor, do_normalize=False, do_rescale=False)
    np.testing.assert_array_equal(pixels_of(torch.tensor(picture() / 255.0).permute(2, 0, 1), plain)[0], picture())
    assert "Pixels reach from" in pixels_of(values * 9, own)[1][0]


def test_an_image_stands_for_itself():
    noise = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    trace = capture(build("vit"), {"pixel_values": noise}, image=picture())
    np.testing.assert_array_equal(trace.image.pixels, picture())
    assert trace.notes == []


def test_one_channel_is_grey():
    grey = np.random.default_rng(0).integers(0, 256, (32, 32, 1), dtype=np.uint8)
    trace = capture(build("ViTModel", {"num_channels": 1}), processed(grey, [0.5], [0.5]))
    np.testing.assert_array_equal(trace.image.pixels, np.repeat(grey, 3, axis=2))


SWIN = dict(patch_size=2, embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=4)
PVT = dict(hidden_sizes=[16, 32, 32, 32], depths=[1] * 4, num_attention_heads=[1, 2, 2, 2])
CONVNEXT = dict(hidden_sizes=[8] * 4, depths=[1] * 4)


@pytest.mark.parametrize(
    ("kind", "config", "message"),
    [
        ("SwinModel", SWIN, "attention within windows: SwinModel looks at 16 parts"),
        ("PvtModel", PVT, "no patches: in layer 0 of PvtModel 64 tokens look at 1 others"),
        ("SegformerModel", PVT, "no patches: those of SegformerModel overlap"),
        ("ViTMAEModel", {}, "patches in random order: ViTMAEModel"),
        ("ConvNextModel", CONVNEXT, "no attention: ConvNextModel returned none"),
        ("ViltModel", {"vocab_size": 100}, "no image: nothing in ViltModel reads pixel_values alone"),
    ],
)
def test_a_model_whose_tokens_are_no_patches_is_refused_by_name(kind, config, message):
    with pytest.raises(ValueError, match=message):
        capture(build(kind, config), processed(picture()))


@pytest.mark.parametrize(
    ("pixels", "more", "message"),
    [
        (torch.zeros(1, 2, 3, 32, 32), {}, r"bad pixel_values: \[1, 2, 3, 32, 32\] instead of"),
        (np.zeros((1, 3, 32, 32)), {}, "ndarray; call the processor with return_tensors='pt'"),
        (torch.zeros(1, 3, 32, 32), {"image": picture(64, 32)}, r"uint8 \[64, 32, 3\], but the model saw \[32, 32\]"),
        (torch.zeros(1, 3, 32, 32), {"processor": SimpleNamespace()}, "no image processor: SimpleNamespace"),
    ],
)
def test_what_is_no_image_is_refused(pixels, more, message):
    with pytest.raises(ValueError, match=message):
        capture(build("vit"), {"pixel_values": pixels}, **more)
