import { commonTexts as texts } from "../texts/common.ts";
import { Button } from "./button.tsx";
import { showToast } from "./toasts.tsx";

interface CopyButtonProps {
  readonly text: string;
  /** What a screen reader says, for example "Copy the request id". */
  readonly label: string;
  /** The visible text. */
  readonly children?: string;
}

export function CopyButton({ text, label, children = texts.copy }: CopyButtonProps) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      showToast(texts.copied);
    } catch (error) {
      console.info("The text was not copied.", error);
      showToast(texts.copyFailed);
    }
  };
  return (
    <Button look="quiet" size="small" icon="copy" aria-label={label} onClick={() => void copy()}>
      {children}
    </Button>
  );
}
