import { type DragEvent, useEffect, useRef, useState } from 'react';

/** To be spread over the element onto which a file may be dropped. */
export interface FileDropHandlers {
  readonly onDragEnter: (event: DragEvent) => void;
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDragLeave: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
}

export interface FileDrop {
  /** A file is held over the element. */
  readonly over: boolean;
  readonly handlers: FileDropHandlers;
}

/** Lets a file be dropped on an element; of several, the first counts. Text and links that are dragged pass by. */
export function useFileDrop(onFile: (file: File) => void): FileDrop {
  const [over, setOver] = useState(false);
  // Entering a child comes before leaving its parent, so the entered elements are counted.
  const depth = useRef(0);
  const move = (event: DragEvent, change: number) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    event.stopPropagation(); // of two elements one inside the other, the inner one takes the file
    depth.current = Math.max(0, depth.current + change);
    setOver(depth.current > 0);
  };
  useMissedDrops();
  return {
    over,
    handlers: {
      onDragEnter: (event) => move(event, 1),
      onDragOver: (event) => move(event, 0),
      onDragLeave: (event) => move(event, -1),
      onDrop: (event) => {
        move(event, -depth.current);
        const file = event.dataTransfer.files[0];
        if (file) onFile(file);
      },
    },
  };
}

function holdsFile({ dataTransfer }: { readonly dataTransfer: DataTransfer | null }): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}

/** A file dropped beside the element does nothing, where the browser would leave the page to show it. */
function useMissedDrops(): void {
  useEffect(() => {
    const ignore = (event: globalThis.DragEvent) => {
      if (event.defaultPrevented || !holdsFile(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'none';
    };
    window.addEventListener('dragover', ignore);
    window.addEventListener('drop', ignore);
    return () => {
      window.removeEventListener('dragover', ignore);
      window.removeEventListener('drop', ignore);
    };
  }, []);
}
