//! The file header, the program headers, and what they say about loading the file here.

use object::elf;

use super::{ElfFault, Image, Native};

/// Bytes of a 64-bit ELF file header.
const HEADER_BYTES: u64 = 64;
/// Most program headers and sections that are looked at; real libraries have some 10 and 40.
const MAX_SEGMENTS: u16 = 1024;
const MAX_SECTIONS: u16 = 16384;
/// A file whose headers ask for more is not cut: they are wrong. No plugin comes near it.
const MAX_NEEDS: u64 = 1 << 40;

/// The class and byte order of this program, and its machine.
const OUR_CLASS: u8 = if cfg!(target_pointer_width = "64") { 2 } else { 1 };
const OUR_ORDER: u8 = if cfg!(target_endian = "little") { 1 } else { 2 };
const OUR_MACHINE: &str = std::env::consts::ARCH;

const X86_64: u16 = 62;
/// The `e_type` of a program at a fixed address.
const FIXED_PROGRAM: u16 = 2;

/// The numbers of `e_machine` that are known by name, named as `uname -m` does.
const MACHINES: &[(u16, &str)] = &[
    (3, "x86"),
    (8, "mips"),
    (20, "powerpc"),
    (21, "powerpc64"),
    (22, "s390x"),
    (40, "arm"),
    (43, "sparc64"),
    (X86_64, "x86_64"),
    (183, "aarch64"),
    (243, "riscv64"),
    (247, "bpf"),
    (258, "loongarch64"),
];

/// The headers of a library or a program of any machine of our class and byte order, all of which
/// lie within the file.
#[derive(Debug)]
pub(in crate::plan) struct Headers {
    /// The number of its machine, `e_machine`.
    machine: u16,
    /// Whether it is a program at a fixed address. One at any address looks like a library here.
    pub(super) is_fixed_program: bool,
    /// The program headers.
    pub(in crate::plan) segments: Vec<elf::ProgramHeader64<Native>>,
    /// The section headers; empty when they were stripped.
    pub(in crate::plan) sections: Vec<elf::SectionHeader64<Native>>,
    /// Where the names of the sections start in the file, when it has any.
    pub(in crate::plan) section_names: Option<u64>,
}

impl Headers {
    /// Reads the headers.
    pub(in crate::plan) fn read(image: &Image<'_>) -> Result<Self, ElfFault> {
        let ident_bytes = usize::try_from(image.bytes.min(16)).unwrap_or(16);
        let ident = image.read("file header", 0, ident_bytes)?;
        check_ident(&ident, image.bytes)?;
        if image.bytes < HEADER_BYTES {
            return Err(ElfFault::Cut { bytes: image.bytes, needs: HEADER_BYTES });
        }
        let header: elf::FileHeader64<Native> = image.record("file header", 0)?;
        let kind = header.e_type.get(Native {}).0;
        check_type(kind)?;

        let segments = segments(image, &header)?;
        let sections_at = header.e_shoff.get(Native {});
        let n_sections = header.e_shnum.get(Native {});
        let sections_end = table_end(sections_at, n_sections, 64)
            .filter(|end| *end <= MAX_NEEDS)
            .ok_or(ElfFault::Damaged { what: "section headers" })?;
        let needs = segments
            .iter()
            .map(|segment| {
                segment.p_offset.get(Native {}).checked_add(segment.p_filesz.get(Native {}))
            })
            .try_fold(0, |needs: u64, end| Some(needs.max(end?)))
            .filter(|needs| *needs <= MAX_NEEDS)
            .ok_or(ElfFault::Damaged { what: "program headers" })?
            .max(sections_end);
        if needs > image.bytes {
            return Err(ElfFault::Cut { bytes: image.bytes, needs });
        }
        let (sections, section_names) = if sections_at == 0
            || n_sections > MAX_SECTIONS
            || header.e_shentsize.get(Native {}) != 64
        {
            (Vec::new(), None)
        } else {
            let sections: Vec<elf::SectionHeader64<Native>> =
                image.records("section headers", sections_at, n_sections.into())?;
            let names = sections
                .get(usize::from(header.e_shstrndx.get(Native {}).0))
                .map(|section| section.sh_offset.get(Native {}));
            (sections, names)
        };
        Ok(Headers {
            machine: header.e_machine.get(Native {}).0,
            is_fixed_program: kind == FIXED_PROGRAM,
            segments,
            sections,
            section_names,
        })
    }

    /// The machine it is for, as `uname -m` names it; one that is not known has its number.
    pub(in crate::plan) fn machine(&self) -> String {
        let known = MACHINES.iter().find(|(number, _)| *number == self.machine);
        known.map_or_else(|| format!("ELF machine {}", self.machine), |it| it.1.to_owned())
    }

    /// Checks that it is for this machine.
    ///
    /// # Errors
    ///
    /// Both machines.
    pub(in crate::plan) fn check_machine(&self) -> Result<(), ElfFault> {
        let file = self.machine();
        let is_known = MACHINES.iter().any(|(number, _)| *number == self.machine);
        // A machine this table does not know, but the program runs on: the loader will tell.
        let ours_is_known = MACHINES.iter().any(|(_, name)| *name == OUR_MACHINE);
        if file == OUR_MACHINE || !is_known && !ours_is_known {
            return Ok(());
        }
        Err(ElfFault::Machine { file, ours: OUR_MACHINE })
    }

    /// Whether the library asks for an executable stack. A library without the header is taken
    /// at the default of its architecture, which on x86_64 is an executable stack.
    pub(in crate::plan) fn wants_executable_stack(&self) -> bool {
        let stack =
            self.segments.iter().find(|segment| segment.p_type.get(Native {}) == elf::PT_GNU_STACK);
        match stack {
            Some(stack) => stack.p_flags.get(Native {}).0 & elf::PF_X.0 != 0,
            None => self.machine == X86_64,
        }
    }

    /// The first section of this type.
    pub(super) fn section(&self, of: elf::SectionType) -> Option<&elf::SectionHeader64<Native>> {
        self.sections.iter().find(|section| section.sh_type.get(Native {}) == of)
    }

    /// Where in the file the byte at the virtual address `address` lies.
    pub(super) fn offset_of(&self, address: u64) -> Option<u64> {
        self.segments
            .iter()
            .filter(|segment| segment.p_type.get(Native {}) == elf::PT_LOAD)
            .find_map(|segment| {
                let within = address.checked_sub(segment.p_vaddr.get(Native {}))?;
                (within < segment.p_filesz.get(Native {}))
                    .then(|| segment.p_offset.get(Native {}).checked_add(within))?
            })
    }
}

fn segments(
    image: &Image<'_>,
    header: &elf::FileHeader64<Native>,
) -> Result<Vec<elf::ProgramHeader64<Native>>, ElfFault> {
    let damaged = || ElfFault::Damaged { what: "program headers" };
    let offset = header.e_phoff.get(Native {});
    let count = header.e_phnum.get(Native {});
    if count == 0 || count > MAX_SEGMENTS || header.e_phentsize.get(Native {}) != 56 {
        return Err(damaged());
    }
    let end = table_end(offset, count, 56).filter(|end| *end <= MAX_NEEDS).ok_or_else(damaged)?;
    if end > image.bytes {
        return Err(ElfFault::Cut { bytes: image.bytes, needs: end });
    }
    image.records("program headers", offset, count.into())
}

/// The end of a table of `count` entries of `size` bytes at `offset`; `None` beyond 64 bits.
fn table_end(offset: u64, count: u16, size: u64) -> Option<u64> {
    offset.checked_add(u64::from(count) * size)
}

fn check_ident(ident: &[u8], bytes: u64) -> Result<(), ElfFault> {
    if bytes == 0 {
        return Err(ElfFault::Cut { bytes, needs: HEADER_BYTES });
    }
    if !ident.starts_with(b"\x7fELF") && !b"\x7fELF".starts_with(ident) {
        let shown = &ident[..ident.len().min(8)];
        return Err(ElfFault::Magic {
            start: shown.escape_ascii().to_string(),
            remark: remark(ident),
        });
    }
    let (Some(&class), Some(&order)) = (ident.get(4), ident.get(5)) else {
        return Err(ElfFault::Cut { bytes, needs: HEADER_BYTES });
    };
    if class != OUR_CLASS || OUR_CLASS != 2 {
        return Err(ElfFault::Class {
            file: match class {
                1 => "32-bit (ELFCLASS32)".to_owned(),
                2 => "64-bit (ELFCLASS64)".to_owned(),
                other => format!("ELF class {other}"),
            },
            ours: if OUR_CLASS == 2 {
                "64-bit (ELFCLASS64)"
            } else {
                "32-bit, which hosts no plugins"
            },
        });
    }
    if order != OUR_ORDER {
        let name = |order| match order {
            1 => "little-endian",
            2 => "big-endian",
            _ => "an unknown",
        };
        return Err(ElfFault::ByteOrder { file: name(order).to_owned(), ours: name(OUR_ORDER) });
    }
    Ok(())
}

fn check_type(kind: u16) -> Result<(), ElfFault> {
    match kind {
        3 | FIXED_PROGRAM => Ok(()),
        1 => Err(ElfFault::Type("an object file (.o), not a shared library; link it with -shared")),
        4 => Err(ElfFault::Type("a core dump, not a shared library")),
        _ => Err(ElfFault::Damaged { what: "file type" }),
    }
}

/// What a file looks like that is not ELF, and what to do.
fn remark(start: &[u8]) -> &'static str {
    const KNOWN: &[(&[u8], &str)] = &[
        (b"!<arch>", ": a static archive (.a); name the shared library, linked with -shared"),
        (b"!<thin>", ": a static archive (.a); name the shared library, linked with -shared"),
        (b"#!", ": a script; a plugin is a shared library"),
        (b"\x1f\x8b", ": gzip-compressed; unpack it first"),
        (b"\x28\xb5\x2f\xfd", ": zstd-compressed; unpack it first"),
        (b"\xfd7zXZ\0", ": xz-compressed; unpack it first"),
        (b"PK\x03\x04", ": a zip archive; unpack it first"),
        (b"MZ", ": a Windows program; use the plugin's build for Linux"),
        (b"\xcf\xfa\xed\xfe", ": a macOS library; use the plugin's build for Linux"),
        (b"/* GNU ld", ": a linker script; name the library it points to"),
        (b"<", ": a web page or XML; was a login or error page downloaded instead?"),
    ];
    let known = KNOWN.iter().find(|(magic, _)| start.starts_with(magic));
    let is_text = start.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    match known {
        Some((_, remark)) => remark,
        None if is_text => ": a text file; was the plugin's source named instead of the library?",
        None => "; a plugin is an ELF shared library",
    }
}
