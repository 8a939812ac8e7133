import '../../test/support/dawn.ts';

await import('./main.ts');
