"""All of the recipe: data, vocabulary, two stages of training, export, judging."""

from classifier import data, evaluate, stages, tokenizer
from export import export
from places import WORK

if not data.CLEANED.exists():
    data.main()
if not tokenizer.FOLDER.exists():
    tokenizer.main()
stages.first()
stages.second()
tokenizer.load().save_pretrained(WORK / stages.SECOND["name"])
export(WORK / stages.SECOND["name"], "text-classification", evaluate.FULL, evaluate.SHIPPED)
evaluate.main()
