"""All of the recipe: data, vocabulary, teachers, training, export, judging."""

from classifier import data, evaluate, stages, tokenizer
from export import export
from places import WORK

if not data.CLEANED.exists():
    data.main()
if not tokenizer.FOLDER.exists():
    tokenizer.main()
stages.teachers()
stages.student()
tokenizer.load().save_pretrained(WORK / stages.STUDENT["name"])
export(WORK / stages.STUDENT["name"], "text-classification", evaluate.FULL, evaluate.SHIPPED)
evaluate.main()
