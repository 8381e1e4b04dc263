import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { State } from "./state";
import type { Actions, Workspace } from "./store";

export const WorkspaceContext = createContext<Workspace | null>(null);

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error("no workspace: a component stands outside of App");
  return workspace;
}

/** A part of the state; the component renders again when it changes. */
export const useApp = <T>(select: (state: State) => T): T => useStore(useWorkspace().store, select);

export const useActions = (): Actions => useWorkspace().actions;
