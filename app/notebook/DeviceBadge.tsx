import { useDevice } from '../worker/client.ts';

/** What the networks run on. */
export function DeviceBadge() {
  const { engine, notice } = useDevice();
  const label = engine?.label ?? (notice ? 'No engine' : 'Opening …');
  return (
    <span className="badge" data-kind={engine?.kind} title={notice || undefined}>
      <output aria-label="Device" aria-live="off">
        {label}
      </output>
    </span>
  );
}

/** Why no GPU runs, where none does. */
export function DeviceNotice() {
  const { notice } = useDevice();
  return <div aria-live="polite">{notice && <p className="notice">{notice}</p>}</div>;
}
