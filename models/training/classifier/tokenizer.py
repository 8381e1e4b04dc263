"""Trains the WordPiece vocabulary and writes it in the hub's layout."""

from tokenizers import BertWordPieceTokenizer
from transformers import DistilBertTokenizerFast

from classifier.data import cleaned, natural, spaced
from places import WORK, read_archive

VOCABULARY = 8000
LONGEST = 256
FOLDER = WORK / "classifier-tokenizer"


def stories() -> list[str]:
    """Paragraphs of the children's stories: plain words that reviews lack."""
    texts = read_archive("stories.tar.gz").values()
    return [line for text in texts for line in text.splitlines() if line.strip() and not line.startswith(("#", "*"))]


def load() -> DistilBertTokenizerFast:
    """The tokenizer as it ships."""
    return DistilBertTokenizerFast.from_pretrained(FOLDER)


def main() -> None:
    """Trains on both spellings of the training texts, and on the stories."""
    texts = [e.text for e in cleaned()[0]]
    trainer = BertWordPieceTokenizer(lowercase=True)
    trainer.train_from_iterator(
        [natural(t) for t in texts] + [spaced(t) for t in texts] + stories(),
        vocab_size=VOCABULARY,
        min_frequency=2,
        show_progress=False,
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    trainer.save_model(str(FOLDER))
    tokenizer = DistilBertTokenizerFast(vocab_file=str(FOLDER / "vocab.txt"), model_max_length=LONGEST)
    tokenizer.save_pretrained(FOLDER)
    print(f"{len(tokenizer)} word pieces:", tokenizer.tokenize("The movie was surprisingly entertaining"))


if __name__ == "__main__":
    main()
