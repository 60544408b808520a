/** The answer whose evidence is shown: the one that was chosen, else the newest. */
import { conversation } from "../conversation/conversation.svelte";
import type { Turn } from "../conversation/turn.svelte";

class ChosenEvidence {
  turn = $state.raw<Turn | null>(null);

  get shown(): Turn | undefined {
    const { turns } = conversation;
    return turns.find((turn) => turn === this.turn) ?? turns.at(-1);
  }
}

export const chosenEvidence = new ChosenEvidence();
