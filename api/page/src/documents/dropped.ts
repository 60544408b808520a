/** Files of a drop or a choice, each with its path below the folder that was dropped. */
export interface Found {
  file: File;
  /** Folder that was dropped or chosen; "" for a file by itself. */
  root: string;
  /** Path below that folder, with slashes. */
  path: string;
}

/** Everything that was dropped, folders with all that they hold; hidden files are left out. */
export async function dropped(transfer: DataTransfer): Promise<Found[]> {
  // the list is emptied as soon as this function waits for something
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: Found[] = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

/** What was picked in a file dialog, of files or of a folder. */
export function chosenFiles(files: Iterable<File>): Found[] {
  return [...files].map((file) => placed(file, file.webkitRelativePath || file.name)).filter(seen);
}

async function walk(entry: FileSystemEntry, found: Found[]): Promise<void> {
  if (entry.name.startsWith(".")) return;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    found.push(placed(file, entry.fullPath.replace(/^\//, "")));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const inner of some) await walk(inner, found);
  }
}

function placed(file: File, full: string): Found {
  const cut = full.indexOf("/");
  return cut < 0 ? { file, root: "", path: full } : { file, root: full.slice(0, cut), path: full.slice(cut + 1) };
}

function seen(found: Found): boolean {
  return !found.path.split("/").some((part) => part.startsWith("."));
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
