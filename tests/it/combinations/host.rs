//! Hosts that lack something: no `/proc`, one that hides, few rights, and what Landlock allows.

mod few_processes;
mod hidden;
mod landlock;
mod no_proc;
mod rights;
