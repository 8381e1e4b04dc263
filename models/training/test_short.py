"""A short run of both recipes on tiny made text: training, going on from a checkpoint, export, ONNX against PyTorch.

`python test_short.py` needs none of the archives. It takes about a minute and ends with `N passed, N failed`.
"""

import io
import json
import os
import random
import sys
import tarfile
import tempfile
import traceback
import zipfile
from pathlib import Path

TEMPORARY = tempfile.TemporaryDirectory()
FOLDER = Path(TEMPORARY.name)
os.environ |= {"CORPORA": str(FOLDER / "corpora"), "WORK": str(FOLDER / "work"), "OMP_NUM_THREADS": "1"}
os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}

import numpy as np
import onnxruntime
import torch

torch.set_num_threads(1)

from classifier import contrast, looking, stages
from classifier import data as reviews
from classifier import tokenizer as wordpiece
from classifier.train import margins
from classifier.train import new_model as new_classifier
from export import export
from language import facts, grammar, heads, indirect, progress, prompts, prose, repeats
from language import tokenizer as bpe
from language import train as language
from language.mix import Phase, Sources
from language.scorer import Scorer
from language.start import OFFSETS
from places import MODELS
from run import Run

VALID = 1e-4  # of a logit, between PyTorch and the float32 export
HALF = 0.02  # of a logit, between the two exports


def tar(name: str, files: dict[str, str]) -> None:
    with tarfile.open(FOLDER / "corpora" / name, "w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))


def zipped(name: str, files: dict[str, str]) -> None:
    with zipfile.ZipFile(FOLDER / "corpora" / name, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


def make_corpora() -> None:
    """Archives as the recipes know them, filled with sentences made here."""
    (FOLDER / "corpora").mkdir()
    rng = random.Random(0)
    maker = contrast.Maker((["a fine day"], ["a lost day"]), 0)
    some = {good: [maker.plain(good) for _ in range(120)] for good in (True, False)}
    sst = {}
    for part, start in (("train", 0), ("dev", 80), ("test", 100)):
        rows = [(text, int(good)) for good in some for text in some[good][start : start + 20]]
        sst[f"sst2/{part}.tsv"] = "\n".join(f"{text}\t{label}" for text, label in rows)
        trees = [f"({1 + 2 * label} " + " ".join(f"(2 {w})" for w in text.split()) + ")" for text, label in rows]
        sst[f"sst-trees/{part}.txt"] = "\n".join(trees)
    tar("sst.tar.gz", sst)
    zipped("sentence_polarity.zip", {f"rt.{k}": "\n".join(some[g][20:50]) for k, g in (("pos", True), ("neg", False))})
    lines = {f"Integrated{k}.txt": "\n".join(some[g][50:80]) for k, g in (("Pros", True), ("Cons", False))}
    zipped("pros_cons.zip", lines)
    pairs = [grammar.draw(rng, judging=False) for _ in range(4000)]
    sentences = [f"{p.before}{p.good}{p.after}." for p in pairs]
    tar("stories.tar.gz", {f"{i:03}.md": "# A title\n" + "\n".join(sentences[i::40]) for i in range(40)})
    for name, inside in (("shakespeare.zip", "a.xml"), ("genesis.zip", "english-a.txt"), ("inaugural.zip", "1-a.txt")):
        zipped(name, {inside: " ".join(rng.sample(sentences, 200))})
    known = (("Aland", "Bville"), ("Cland", "Dville"), ("Eland", "Fville"))
    forward = "\n".join(json.dumps({"sub_label": s, "obj_label": a}) for s, a in known)
    back = "\n".join(json.dumps({"sub_label": a, "obj_label": s}) for s, a in known)
    tar("pararel.tar.gz", {"data/P36.jsonl": forward, "data/P1376.jsonl": back})


PHASES = (
    Phase(3, {"repeats": 64, "indirect": 48}, (8, 200), {"repeats": (16, 32)}),
    Phase(6, {"repeats": 32, "indirect": 32, "facts": 32, "grammar": 32, "prose": 64}, widths={"prose": (16, 32)}),
)


def language_run(folder: Path, phases: tuple[Phase, ...]) -> Run:
    tokenizer = bpe.load()
    model = language.new_model(len(tokenizer), layers=2, heads=4, dim=64)
    run = Run(folder, model, language.WEIGHT_DECAY)
    language.train(run, Sources(tokenizer), phases)
    tokenizer.save_pretrained(folder)
    return run


def test_judging_items_are_never_taught() -> None:
    rng = random.Random(1)
    names = "|".join(indirect.NAMES)
    assert len(set(indirect.NAMES)) == len(indirect.NAMES), names
    held = {(a, b, t) for t in range(len(indirect.TEMPLATES)) for a in indirect.NAMES[:20] for b in indirect.NAMES[-20:]
            if indirect.held_out(a, b, t)}  # fmt: skip
    assert 0.05 < len(held) / (len(indirect.TEMPLATES) * 400) < 0.15, len(held)
    assert indirect.held_out("Mary", "John", 0) and indirect.held_out("John", "Mary", 0)
    taught = {grammar.draw(rng, judging=False).before for _ in range(3000)}
    judged = [grammar.draw(rng, judging=True) for _ in range(300)]
    assert all(pair.held_out for pair in judged)
    both = [pair for pair in judged if pair.before in taught]
    assert len(both) < 0.5 * len(judged), f"{len(both)} of {len(judged)} cues were taught with the other word"
    wordings = {*facts.CAPITALS_TAUGHT, *facts.LANDMARKS_TAUGHT, *facts.CAPITALS_BACK, *facts.LANDMARKS_BACK}
    assert wordings.isdisjoint({*facts.CAPITALS_JUDGED, *facts.LANDMARKS_JUDGED})


def test_prompts_of_the_study_are_of_the_judging_sets() -> None:
    made = prompts.prompts()
    assert made == prompts.prompts() != prompts.prompts(seed=1)
    told = {(cue, answer) for _, cue, answer in facts.judged()}
    assert sum(pair in told for pair in made) == 2 * prompts.EACH
    kept = prose.stories()[1]
    begun = [text for text, answer in made if answer is None and any(story.startswith(text) for story in kept)]
    assert len(begun) >= min(prompts.EACH, len(kept)), begun
    named = [(text, answer) for text, answer in made if answer and answer.strip() in indirect.NAMES]
    assert len(named) >= prompts.EACH and all(answer.strip() in text for text, answer in named)


def test_repeats_weigh_only_what_can_be_foretold() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        pool = repeats.pool(1000)  # so wide that a token hardly ever comes twice by chance
        ids, weights = repeats.draw(rng, pool, 64, 20)
        assert len(ids) == len(weights) == 64
        for i in range(1, 64):
            if weights[i]:
                before = [j for j in range(1, i) if ids[j - 1] == ids[i - 1]]
                assert any(ids[j] == ids[i] for j in before), (ids, i)


def test_first_heads_look_at_the_token_before() -> None:
    model = language.new_model(300, layers=2, heads=8, dim=256)
    model.set_attn_implementation("eager")
    ids = torch.randint(1, 300, (1, 256))
    attention = model(ids, output_attentions=True).attentions[0][0].detach().numpy()
    scores = heads.previous_token(attention)
    looking_back = len(OFFSETS)
    assert (scores[:looking_back] > 0.99).all() and (scores[looking_back:] < 0.2).all(), scores


def test_scores_of_heads() -> None:
    ids = np.array([5, 6, 7, 5, 6, 7])
    perfect = np.zeros((2, 6, 6))
    perfect[0, np.arange(1, 6), np.arange(5)] = perfect[0, 0, 0] = 1
    perfect[1, :3, 0] = 1
    perfect[1, np.arange(3, 6), np.arange(1, 4)] = 1
    assert np.allclose(heads.previous_token(perfect), [1, 0.2])
    assert np.allclose(heads.induction(perfect, ids, slice(3, None)), [0, 1])
    assert np.allclose(heads.induction(perfect, ids, slice(None)), [0, 0.5])


def test_language_training_goes_on_where_it_stopped() -> None:
    whole = language_run(FOLDER / "whole", PHASES)
    assert whole.step == 6
    language.SAVE_EVERY, every = 1, language.SAVE_EVERY
    stopped = Run(FOLDER / "stopped", language.new_model(len(bpe.load()), 2, 4, 64), language.WEIGHT_DECAY)
    update = stopped.update

    def four_steps(loss: torch.Tensor, rate: float) -> None:
        if stopped.step == 4:
            raise KeyboardInterrupt
        update(loss, rate)

    stopped.update = four_steps
    try:
        language.train(stopped, Sources(bpe.load()), PHASES)
        raise AssertionError("it was to stop")
    except KeyboardInterrupt:
        pass
    language.SAVE_EVERY = every
    resumed = language_run(FOLDER / "stopped", PHASES)
    for a, b in zip(whole.average.parameters(), resumed.average.parameters()):
        assert torch.allclose(a, b, atol=1e-6), (a - b).abs().max()


def test_language_export_against_pytorch() -> None:
    run = language_run(FOLDER / "whole", PHASES)
    full, shipped = FOLDER / "language-full", FOLDER / "language-shipped"
    export(FOLDER / "whole", "text-generation", full, shipped)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt"):
        assert (shipped / name).exists(), f"{name} is not in the hub's layout"
    tokenizer = bpe.load()
    model = run.average.eval()
    ids = tokenizer("The boys near the old house sleep.")["input_ids"]
    with torch.no_grad():
        wanted = model(torch.tensor([ids])).logits[0].numpy()
    exact, half = (Scorer(f, tokenizer) for f in (full / "model.onnx", shipped / "onnx" / "model_fp16.onnx"))
    assert np.abs(exact.logits([ids])[0] - wanted).max() < VALID
    assert np.abs(half.logits([ids])[0] - wanted).max() < HALF
    model.set_attn_implementation("eager")
    with torch.no_grad():
        attentions = model(torch.tensor([ids]), output_attentions=True).attentions
    assert np.abs(exact.attentions(ids) - torch.cat(attentions).numpy()).max() < VALID
    assert "previous token" in progress.progress(run.average, Sources(tokenizer), items=4)


def classifier_sizes() -> None:
    stages.LAYERS, stages.MADE = 1, 60
    stages.TEACHERS = stages.TEACHERS[:1]
    stages.TEACHING = {"steps": 2, "peak": 1e-3}
    stages.LEARNING = {"steps": 2, "peak": 6e-4}


def test_classifier_starts_looking_at_neighbours() -> None:
    model = new_classifier(1, 256, dropout=0.0, size=300)
    looking.start(model, torch.randn(300, 256 - looking.place_dims()))
    model.eval().set_attn_implementation("eager")
    ids = torch.randint(6, 300, (1, 24))
    attention = model(ids, output_attentions=True).attentions[0][0].detach().numpy()
    for head, offset in enumerate(looking.OFFSETS):
        at = np.arange(3, 21)
        assert (attention[head, at].argmax(1) == at + offset).all(), f"head {head} doesn't look {offset} on"


def test_classifier_training_goes_on_where_it_stopped() -> None:
    classifier_sizes()
    reviews.main()
    wordpiece.main()
    stages.teachers()
    stages.student()
    before = torch.load(stages.STUDENT / "checkpoint.pt")
    assert before["step"] == 2
    stages.LEARNING["steps"] = 3
    stages.student()
    after = torch.load(stages.STUDENT / "checkpoint.pt")
    assert after["step"] == 3
    name = "classifier.weight"
    moved = (after["model"][name] - before["model"][name]).abs().max().item()
    assert 0 < moved < 0.01, f"a step moved {name} by {moved}"


def test_classifier_export_against_pytorch() -> None:
    tokenizer = wordpiece.load()
    tokenizer.save_pretrained(stages.STUDENT)
    full, shipped = FOLDER / "classifier-full", FOLDER / "classifier-shipped"
    export(stages.STUDENT, "text-classification", full, shipped)
    model = type(new_classifier(1, 256, 0.0, 300)).from_pretrained(stages.STUDENT)
    rows = [tokenizer("The plot is dull, but the cast is charming.")["input_ids"]]
    wanted = margins(model, rows)[0]
    for file, near in ((full / "model.onnx", VALID), (shipped / "onnx" / "model_fp16.onnx", HALF)):
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        ids = np.array(rows, dtype=np.int64)
        logits = session.run(["logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        assert abs(logits[1] - logits[0] - wanted) < 2 * near, (file.name, logits, wanted)


def test_shipped_language_model() -> None:
    from transformers import AutoTokenizer

    folder = MODELS / "stories-gpt2"
    scorer = Scorer(folder / "onnx" / "model_fp16.onnx", AutoTokenizer.from_pretrained(folder))
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    assert size < 16 * 2**20, size
    split = [w for w in (*indirect.NAMES, *facts.landmarks().values()) if len(scorer.ids(f" {w}")) > 1]
    assert not split, f"more than one token: {split}"
    for text, answer in (
        ("The Eiffel Tower is located in the city of", " Paris"),
        ("When Mary and John went to the store, John gave a drink to", " Mary"),
    ):
        found = scorer.tokenizer.decode([int(scorer.last([text])[0].argmax())])
        assert found == answer, f"{text}{found}"


def main() -> None:
    """Runs every test above in its order."""
    make_corpora()
    bpe.VOCABULARY = 900
    bpe.main()
    passed, failed = 0, []
    for name, test in list(globals().items()):
        if name.startswith("test_") and callable(test) and ("classifier" not in name or len(sys.argv) < 2):
            try:
                test()
                passed += 1
                print(f"✓ {name}", flush=True)
            except Exception:
                failed.append(name)
                print(f"✗ {name}\n{traceback.format_exc()}", flush=True)
    print(f"{passed} passed, {len(failed)} failed")
    TEMPORARY.cleanup()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
