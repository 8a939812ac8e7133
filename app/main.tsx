import '@fontsource-variable/source-serif-4/wght.css';
import '@fontsource-variable/source-serif-4/wght-italic.css';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import 'katex/dist/katex.min.css';
import './look/tokens.css';
import './look/base.css';
import './look/page.css';
import './look/prose.css';
import './look/cell.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './notebook/App.tsx';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
