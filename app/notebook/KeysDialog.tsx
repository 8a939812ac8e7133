import { Dialog } from './Dialog.tsx';
import { keyRows } from './keyboard.ts';
import { setLetterKeys, usePreferences } from './preferences.ts';

/** The list of keys, where single letters can be switched off. */
export function KeysDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const letterKeys = usePreferences((chosen) => chosen.letterKeys);
  return (
    <Dialog title="Keys" open={open} onClose={onClose}>
      <dl className="key-list">
        {keyRows.map((row) => (
          <div key={row.does} className="key-row" data-off={(row.letter && !letterKeys) || undefined}>
            <dt>
              {row.keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{row.does}</dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input
          type="checkbox"
          checked={letterKeys}
          onChange={(event) => setLetterKeys(event.target.checked)}
        />
        <span>
          Single letters are keys
          <small>Switch this off where they get in the way of speech input or of other software.</small>
        </span>
      </label>
      <p className="key-note">Keys act while no field, button or slider has the focus.</p>
    </Dialog>
  );
}
