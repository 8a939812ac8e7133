import '../../test/support/dawn.ts';

await import('./check.ts');
