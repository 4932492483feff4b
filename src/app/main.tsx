/** The page's entry: styles, what was remembered, and the shell. */
import './schemas';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { boot } from '../state/boot';
import { App } from './App';
import './tokens.css';
import './base.css';
import './bar.css';
import './builder.css';
import './inspector.css';
import './monitor.css';
import './wires.css';
import './data.css';
import './stage.css';
import './small.css';
import { keepForOffline } from './offline';

boot();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
keepForOffline();
