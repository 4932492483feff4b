/** The whole page takes dropped files. */
import { useEffect, useState } from 'react';
import { openFolder } from '../state/data';
import { droppedFiles } from '../state/dropped';
import { tellError } from '../state/notices';

const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

const unreadable = () => tellError('The dropped folder could not be read: choose its files one by one.');

/** @returns whether a file is being held over the page */
export function useFileDrop(): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hover = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    // Leaving a child for its parent tells of a leave too; out of the window nothing is entered.
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(openFolder, unreadable);
    };
    window.addEventListener('dragover', hover);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', hover);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);
  return over;
}
