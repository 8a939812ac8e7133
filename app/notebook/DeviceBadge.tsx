import { useDevice } from '../worker/client.ts';

/** What the networks run on. */
export function DeviceBadge() {
  const { engine, notice } = useDevice();
  const label = engine?.label ?? (notice ? 'No engine' : 'Opening …');
  const [vendor, adapter] = engine?.software ? label.split(/(?<= · )/) : [];
  return (
    <span className="badge" data-kind={engine?.kind} title={notice || label}>
      <output aria-label="Device" aria-live="off">
        {adapter ? (
          <>
            {/* Where the bar is short, the vendor of a software adapter is what can be done without. */}
            <span className="badge-vendor">{vendor}</span>
            {adapter}
          </>
        ) : (
          label
        )}
      </output>
    </span>
  );
}

/** Why no GPU runs, where none does. */
export function DeviceNotice() {
  const { notice } = useDevice();
  return <div aria-live="polite">{notice && <p className="notice">{notice}</p>}</div>;
}
