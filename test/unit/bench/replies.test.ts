import { expect, test } from 'vitest';
import { Replies } from '../../../bench/replies.ts';

test('answers go to whom they belong to, in whatever order they come', async () => {
  const replies = new Replies();
  const [first, second] = [replies.expect(), replies.expect()];
  replies.receive({ id: second.id, answer: 'two' });
  replies.receive({ id: first.id, error: 'one is wrong' });
  await expect(second.answer).resolves.toBe('two');
  await expect(first.answer).rejects.toThrow('one is wrong');
});

test('where the other side has ended, nobody waits any longer', async () => {
  const replies = new Replies();
  const before = replies.expect();
  replies.fail('ended');
  await expect(before.answer).rejects.toThrow('ended');
  await expect(replies.expect().answer).rejects.toThrow('ended');
});
