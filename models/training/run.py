"""A training run that can stop at any step and go on later, and keeps a running average of the weights."""

import copy
from pathlib import Path

import torch

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
AVERAGE = 0.995


class Run:
    """The network, its average and its optimiser, at a step; goes on from the checkpoint of its folder."""

    def __init__(self, folder: Path, model, weight_decay: float):
        self.folder, self.step = folder, 0
        self.folder.mkdir(parents=True, exist_ok=True)
        self.model = model.to(DEVICE).train()
        self.average = copy.deepcopy(self.model)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), weight_decay=weight_decay, betas=(0.9, 0.98))
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, map_location=DEVICE)
            self.step = state["step"]
            for name in ("model", "average", "optimizer"):
                getattr(self, name).load_state_dict(state[name])

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        """Writes everything needed to go on, and the averaged network as the result so far."""
        parts = {name: getattr(self, name).state_dict() for name in ("model", "average", "optimizer")}
        temporary = self.checkpoint.with_suffix(".tmp")
        torch.save({"step": self.step, **parts}, temporary)
        temporary.replace(self.checkpoint)
        self.average.save_pretrained(self.folder)

    def update(self, loss: torch.Tensor, rate: float) -> None:
        """One step of the optimiser and of the average."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        keep = min(AVERAGE, self.step / (self.step + 10))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.model.parameters()):
                mean.lerp_(now, 1 - keep)
