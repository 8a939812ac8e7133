import { useEffect, useState } from 'react';

/** True once `now` has been true for so many milliseconds: for what is worth a word only where it takes a while. */
export function useLate(now: boolean, milliseconds: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!now) return undefined;
    const timer = setTimeout(() => setLate(true), milliseconds);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [now, milliseconds]);
  return late;
}
