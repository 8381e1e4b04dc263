"""All of the recipe: vocabulary, training, export, judging."""

from export import export
from language import evaluate, tokenizer, train

if not tokenizer.FOLDER.exists():
    tokenizer.main()
train.main()
export(train.FOLDER, "text-generation", evaluate.FULL, evaluate.SHIPPED)
evaluate.main()
