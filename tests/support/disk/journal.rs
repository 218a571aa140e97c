//! What a disk holds after a power cut, computed from the journal of what was done on it.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// What is below a folder: its directories, which have no content, and its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State(BTreeMap<String, Option<Vec<u8>>>);

impl State {
    /// What is there now, but for SQLite's shared memory.
    pub fn read(folder: &Path) -> State {
        let mut state = State::default();
        let mut left = vec![folder.to_owned()];
        while let Some(directory) = left.pop() {
            for entry in fs::read_dir(&directory).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                if path.is_dir() {
                    state.0.insert(name.to_owned(), None);
                    left.push(path);
                } else if !name.ends_with("-shm") {
                    let content = fs::read(&path).unwrap();
                    state.0.insert(name.to_owned(), Some(content));
                }
            }
        }
        state
    }

    /// Puts it all into an empty folder.
    pub fn write(&self, folder: &Path) {
        for (name, content) in &self.0 {
            let path = folder.join(name);
            match content {
                None => fs::DirBuilder::new().mode(0o700).create(path).unwrap(),
                Some(content) => {
                    let mut options = fs::OpenOptions::new();
                    let mut file = options
                        .create_new(true)
                        .write(true)
                        .mode(0o600)
                        .open(path)
                        .unwrap();
                    std::io::Write::write_all(&mut file, content).unwrap();
                }
            }
        }
    }
}

/// What becomes of that which was written and not synced. What was synced always survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survival {
    /// Nothing of it: what the disk surely holds.
    Synced,
    /// All of it, as after a SIGKILL.
    All,
    /// As much as was written before some moment.
    Prefix,
    /// Some of the writes, in any order.
    Some,
    /// Some of the sectors of some of the writes.
    Torn,
}

impl Survival {
    /// All of them.
    pub const EACH: [Survival; 5] = [
        Survival::Synced,
        Survival::All,
        Survival::Prefix,
        Survival::Some,
        Survival::Torn,
    ];
}

/// What a disk writes as a whole, or not at all.
const SECTOR: usize = 512;

/// The order of `enum kind` in disk.c.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Create,
    Open,
    MakeDirectory,
    Write,
    Truncate,
    Sync,
    SyncFailed,
    Rename,
    Unlink,
}

const KINDS: [Kind; 9] = [
    Kind::Create,
    Kind::Open,
    Kind::MakeDirectory,
    Kind::Write,
    Kind::Truncate,
    Kind::Sync,
    Kind::SyncFailed,
    Kind::Rename,
    Kind::Unlink,
];

/// The length of `struct record` in disk.c.
const HEAD: usize = 32;

struct Record {
    at: usize,
    kind: Kind,
    inode: u64,
    offset: usize,
    content: Range<usize>,
}

/// All that was done below a folder.
pub struct Journal {
    bytes: Vec<u8>,
    records: Vec<Record>,
    prefix: String,
}

impl Journal {
    pub(super) fn read(file: &Path, folder: &Path) -> Journal {
        let bytes = fs::read(file).unwrap_or_default();
        let mut records = Vec::new();
        let mut at = 0;
        // The last record may be cut off: then nobody was told of it.
        while let Some(head) = bytes.get(at..at + HEAD) {
            let number = |index: usize| {
                let field = head[index * 8..index * 8 + 8].try_into().unwrap();
                usize::try_from(u64::from_ne_bytes(field)).unwrap()
            };
            let content = at + HEAD..at + HEAD + number(3);
            if content.end > bytes.len() {
                break;
            }
            let next = content.end;
            records.push(Record {
                at,
                kind: KINDS[number(0)],
                inode: number(1) as u64,
                offset: number(2),
                content,
            });
            at = next;
        }
        Journal {
            bytes,
            records,
            prefix: format!("{}/", folder.to_str().unwrap()),
        }
    }

    /// How many writes, syncs, and syncs that failed are in it.
    pub fn counts(&self) -> [usize; 3] {
        [Kind::Write, Kind::Sync, Kind::SyncFailed].map(|kind| {
            let of_kind = self.records.iter().filter(|record| record.kind == kind);
            of_kind.count()
        })
    }

    /// What a disk that held `before`, and was unplugged at the end of this journal, holds now. `below` gives random
    /// numbers below its argument.
    pub fn after_power_cut(
        &self,
        before: &State,
        survival: Survival,
        below: &mut dyn FnMut(u64) -> u64,
    ) -> State {
        let mut disk = Platter::holding(before);
        for record in &self.records {
            let name = |range: Range<usize>| {
                let path = std::str::from_utf8(&self.bytes[range]).unwrap();
                path.strip_prefix(&self.prefix).unwrap_or("").to_owned()
            };
            let content = record.content.clone();
            match record.kind {
                Kind::Create => {
                    let file = disk.new_file(Vec::new());
                    disk.inodes.insert(record.inode, Open::File(file));
                    let name = name(content);
                    disk.names.insert(name.clone(), Some(file));
                    disk.enter(record, Entry::Add(name, Some(file)));
                }
                Kind::Open => {
                    let name = name(content);
                    let open = match disk.names.get(&name) {
                        Some(Some(file)) => Open::File(*file),
                        _ => Open::Directory(name),
                    };
                    disk.inodes.insert(record.inode, open);
                }
                Kind::MakeDirectory => {
                    let name = name(content);
                    disk.names.insert(name.clone(), None);
                    disk.enter(record, Entry::Add(name, None));
                }
                Kind::Write => {
                    disk.write(record, Content::Write(record.offset, content));
                }
                Kind::Truncate => {
                    disk.write(record, Content::Length(record.offset));
                }
                Kind::Sync => disk.sync(record, &self.bytes),
                Kind::SyncFailed => disk.sync_failed(record, &self.bytes, survival, below),
                Kind::Rename => {
                    let middle = self.bytes[content.clone()]
                        .iter()
                        .position(|byte| *byte == 0)
                        .unwrap()
                        + content.start;
                    let (from, to) = (name(content.start..middle), name(middle + 1..content.end));
                    let node = disk.names.remove(&from).unwrap();
                    disk.names.insert(to.clone(), node);
                    disk.enter(record, Entry::Move(from, to, node));
                }
                Kind::Unlink => {
                    let name = name(content);
                    disk.names.remove(&name);
                    disk.enter(record, Entry::Remove(name));
                }
            }
        }
        disk.unplug(&self.bytes, survival, below)
    }
}

/// A number of [`Platter::files`]. An inode's number is used again for another file; this one is not.
type File = usize;

/// A file, or `None` for a directory.
type Node = Option<File>;

struct Change<T> {
    at: usize,
    action: T,
}

enum Content {
    /// Where, and which bytes of the journal.
    Write(usize, Range<usize>),
    Length(usize),
}

enum Entry {
    Add(String, Node),
    Remove(String),
    Move(String, String, Node),
}

impl Entry {
    /// The directory whose sync makes it last.
    fn directory(&self) -> &str {
        let (Entry::Add(name, _) | Entry::Remove(name) | Entry::Move(_, name, _)) = self;
        name.rsplit_once('/').map_or("", |(directory, _)| directory)
    }
}

enum Open {
    File(File),
    Directory(String),
}

/// The disk, and what waits to be written to it.
#[derive(Default)]
struct Platter {
    /// What each file holds for certain.
    files: Vec<Vec<u8>>,
    /// What was written to each file since.
    waiting: Vec<Vec<Change<Content>>>,
    /// The names that are there for certain.
    certain: BTreeMap<String, Node>,
    /// What was done to names since.
    entries: Vec<Change<Entry>>,
    /// The names as the program sees them.
    names: BTreeMap<String, Node>,
    inodes: HashMap<u64, Open>,
}

impl Platter {
    fn holding(state: &State) -> Platter {
        let mut disk = Platter::default();
        for (name, content) in &state.0 {
            let node = content.clone().map(|content| disk.new_file(content));
            disk.names.insert(name.clone(), node);
        }
        disk.certain = disk.names.clone();
        disk
    }

    fn new_file(&mut self, content: Vec<u8>) -> File {
        self.files.push(content);
        self.waiting.push(Vec::new());
        self.files.len() - 1
    }

    fn write(&mut self, record: &Record, action: Content) {
        let Open::File(file) = self.inodes[&record.inode] else {
            panic!("a write to a directory");
        };
        let at = record.at;
        self.waiting[file].push(Change { at, action });
    }

    fn enter(&mut self, record: &Record, action: Entry) {
        let at = record.at;
        self.entries.push(Change { at, action });
    }

    fn sync(&mut self, record: &Record, bytes: &[u8]) {
        match &self.inodes[&record.inode] {
            Open::File(file) => {
                let waiting = &mut self.waiting[*file];
                let covered = waiting.partition_point(|change| change.at < record.offset);
                for change in waiting.drain(..covered) {
                    apply(&mut self.files[*file], &change.action, bytes);
                }
            }
            Open::Directory(name) => {
                let covered = |change: &mut Change<Entry>| {
                    change.at < record.offset && change.action.directory() == name
                };
                for change in self.entries.extract_if(.., covered) {
                    enter(&mut self.certain, change.action);
                }
            }
        }
    }

    /// After a sync that failed, Linux counts the pages as written: the next sync succeeds and does not write them. So
    /// what was to be synced survives or not as if the power were cut now, and nothing later saves it.
    fn sync_failed(
        &mut self,
        record: &Record,
        bytes: &[u8],
        survival: Survival,
        below: &mut dyn FnMut(u64) -> u64,
    ) {
        if let Open::File(file) = &self.inodes[&record.inode] {
            let waiting = &mut self.waiting[*file];
            let covered = waiting.partition_point(|change| change.at < record.offset);
            let lost: Vec<_> = waiting.drain(..covered).collect();
            survive(&mut self.files[*file], &lost, bytes, survival, below);
        }
    }

    fn unplug(
        mut self,
        bytes: &[u8],
        survival: Survival,
        below: &mut dyn FnMut(u64) -> u64,
    ) -> State {
        for (file, waiting) in self.files.iter_mut().zip(&self.waiting) {
            survive(file, waiting, bytes, survival, below);
        }
        // A file system journals its names: of what was done to them, the later does not survive without the earlier.
        let entries = match survival {
            Survival::Synced => 0,
            Survival::All => self.entries.len(),
            _ => below(self.entries.len() as u64 + 1) as usize,
        };
        for change in self.entries.drain(..entries) {
            enter(&mut self.certain, change.action);
        }
        let mut state = State::default();
        for (name, node) in self.certain {
            // What is in a directory that is not there is not there.
            let parent = name.rsplit_once('/').map(|(directory, _)| directory);
            if parent.is_none_or(|directory| state.0.contains_key(directory)) {
                let content = node.map(|file| self.files[file].clone());
                state.0.insert(name, content);
            }
        }
        state
    }
}

fn enter(names: &mut BTreeMap<String, Node>, entry: Entry) {
    match entry {
        Entry::Add(name, node) => {
            names.insert(name, node);
        }
        Entry::Remove(name) => {
            names.remove(&name);
        }
        Entry::Move(from, to, node) => {
            names.remove(&from);
            names.insert(to, node);
        }
    }
}

fn apply(file: &mut Vec<u8>, content: &Content, bytes: &[u8]) {
    match content {
        Content::Write(offset, range) => put(file, *offset, &bytes[range.clone()]),
        Content::Length(length) => file.resize(*length, 0),
    }
}

fn put(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[offset..end].copy_from_slice(bytes);
}

/// Applies what survives of `waiting`.
fn survive(
    file: &mut Vec<u8>,
    waiting: &[Change<Content>],
    bytes: &[u8],
    survival: Survival,
    below: &mut dyn FnMut(u64) -> u64,
) {
    let count = waiting.len();
    let first = match survival {
        Survival::Synced => 0,
        Survival::Prefix => below(count as u64 + 1) as usize,
        _ => count,
    };
    for change in &waiting[..first] {
        let content = &change.action;
        match (survival, content) {
            (Survival::Some | Survival::Torn, _) if below(2) == 0 => {}
            (Survival::Torn, Content::Write(offset, range)) => {
                let mut from = 0;
                while from < range.len() {
                    let sector = SECTOR - (offset + from) % SECTOR;
                    let to = range.len().min(from + sector);
                    if below(2) == 1 {
                        let piece = range.start + from..range.start + to;
                        put(file, offset + from, &bytes[piece]);
                    }
                    from = to;
                }
            }
            _ => apply(file, content, bytes),
        }
    }
}
