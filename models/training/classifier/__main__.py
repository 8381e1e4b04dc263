"""All of the recipe: data, vocabulary, teachers, training, export, judging."""

from classifier import data, evaluate, stages, tokenizer
from export import export

if not data.CLEANED.exists():
    data.main()
if not tokenizer.FOLDER.exists():
    tokenizer.main()
stages.teachers()
stages.student()
tokenizer.load().save_pretrained(stages.STUDENT)
export(stages.STUDENT, "text-classification", evaluate.FULL, evaluate.SHIPPED)
evaluate.main()
