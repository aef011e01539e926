//! The schema of an Arrow file → its fields, as far as they are read.
//!
//! Comes in: the flatbuffer, whose tables are checked and whose meaning is not. Goes out: [`Field`]s
//! that say how many buffers each column has and which of them are wanted. Called by `mod`.

use std::io;

use arrow_ipc::Type;

use super::super::Refused;
use super::damaged;

/// A column.
pub(super) struct Field {
    pub name: String,
    pub kind: Kind,
    /// The number of its dictionary, and how the places in it are written.
    pub dictionary: Option<(i64, Integer)>,
}

/// How an integer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Integer {
    pub bytes: usize,
    pub signed: bool,
}

impl Integer {
    /// The number at a place in a column; `None` outside it.
    pub fn read(self, column: &[u8], at: usize) -> Option<i128> {
        let bytes = column.get(at.checked_mul(self.bytes)?..)?.get(..self.bytes)?;
        let mut whole = [0; 8];
        whole[..self.bytes].copy_from_slice(bytes);
        let number = u64::from_le_bytes(whole);
        let unused = 64 - 8 * self.bytes;
        Some(match self.signed {
            true => i128::from((number << unused).cast_signed() >> unused),
            false => i128::from(number),
        })
    }
}

/// What is in a column.
pub(super) enum Kind {
    Null,
    Bool,
    Integer(Integer),
    /// A number with a point of so many bytes: 2, 4 or 8.
    Float(usize),
    /// Text with offsets of four or eight bytes.
    Text {
        wide: bool,
    },
    /// Text in views.
    View {
        is_text: bool,
    },
    /// Something that no reader looks for, in so many buffers.
    Other {
        buffers: usize,
        children: Vec<Field>,
    },
    Struct(Vec<Field>),
    List {
        wide: bool,
        item: Box<Field>,
    },
    Fixed {
        size: usize,
        item: Box<Field>,
    },
    /// A list of pairs.
    Map(Box<Field>),
}

impl Field {
    /// Whether the column can hold anything that a reader looks for: text, and the numbers and
    /// flags beside it. Lists of numbers are embeddings and token ids.
    pub fn is_wanted(&self) -> bool {
        self.wanted_in(false)
    }

    fn wanted_in(&self, in_list: bool) -> bool {
        match &self.kind {
            Kind::Text { .. } | Kind::View { is_text: true } => true,
            Kind::Bool | Kind::Integer(_) | Kind::Float(_) => !in_list,
            Kind::Struct(fields) => fields.iter().any(|field| field.wanted_in(in_list)),
            Kind::List { item, .. } | Kind::Fixed { item, .. } => item.wanted_in(true),
            Kind::Map(item) => item.wanted_in(false),
            Kind::Null | Kind::View { is_text: false } | Kind::Other { .. } => false,
        }
    }

    /// Whether there is text in the column.
    pub fn holds_text(&self) -> bool {
        match &self.kind {
            Kind::Text { .. } | Kind::View { is_text: true } => true,
            Kind::Struct(fields) => fields.iter().any(Self::holds_text),
            Kind::List { item, .. } | Kind::Fixed { item, .. } | Kind::Map(item) => {
                item.holds_text()
            }
            _ => false,
        }
    }

    /// The field, in this one, whose values stand in a dictionary.
    pub fn of_dictionary(&self, id: i64) -> Option<&Self> {
        if self.dictionary.is_some_and(|(own, _)| own == id) {
            return Some(self);
        }
        match &self.kind {
            Kind::Struct(fields) | Kind::Other { children: fields, .. } => {
                fields.iter().find_map(|field| field.of_dictionary(id))
            }
            Kind::List { item, .. } | Kind::Fixed { item, .. } | Kind::Map(item) => {
                item.of_dictionary(id)
            }
            _ => None,
        }
    }
}

/// The fields of a schema.
///
/// # Errors
///
/// Where it is nested more deeply than the limit, or contradicts itself.
pub(super) fn fields(schema: arrow_ipc::Schema, depth: usize) -> Result<Vec<Field>, Refused> {
    if schema.endianness() != arrow_ipc::Endianness::Little {
        return Err(Refused::Unsupported(
            "an Arrow file of a machine with the other order of bytes",
            "Write it again as Parquet on the machine it comes from.",
        ));
    }
    let fields = schema.fields().ok_or_else(|| damaged("its schema has no fields"))?;
    let fields = fields.iter().map(|field| read(field, depth.min(128)));
    Ok(fields.collect::<io::Result<_>>()?)
}

fn read(field: arrow_ipc::Field, depth: usize) -> io::Result<Field> {
    let name = field.name().unwrap_or_default().to_owned();
    let depth = depth.checked_sub(1).ok_or_else(|| damaged("its columns are nested too deeply"))?;
    let dictionary = match field.dictionary() {
        None => None,
        Some(dictionary) => {
            let index = dictionary.indexType();
            let index = index.map_or(Ok(Integer { bytes: 4, signed: true }), integer)?;
            Some((dictionary.id(), index))
        }
    };
    Ok(Field { name, kind: kind(field, depth)?, dictionary })
}

fn integer(int: arrow_ipc::Int) -> io::Result<Integer> {
    let bytes = match int.bitWidth() {
        8 => 1,
        16 => 2,
        32 => 4,
        64 => 8,
        _ => return Err(damaged("a column has integers of an unknown size")),
    };
    Ok(Integer { bytes, signed: int.is_signed() })
}

fn kind(field: arrow_ipc::Field, depth: usize) -> io::Result<Kind> {
    let odd = || damaged("a column is not described in full");
    let children = || -> io::Result<Vec<Field>> {
        field.children().into_iter().flatten().map(|child| read(child, depth)).collect()
    };
    let item = || -> io::Result<Box<Field>> {
        let mut children = children()?;
        match (children.pop(), children.is_empty()) {
            (Some(item), true) => Ok(Box::new(item)),
            _ => Err(damaged("a list does not have one kind of items")),
        }
    };
    let other = |buffers| Ok(Kind::Other { buffers, children: Vec::new() });
    match field.type_type() {
        Type::Null => Ok(Kind::Null),
        Type::Bool => Ok(Kind::Bool),
        Type::Int => integer(field.type_as_int().ok_or_else(odd)?).map(Kind::Integer),
        Type::FloatingPoint => {
            let precision = field.type_as_floating_point().ok_or_else(odd)?.precision();
            match precision {
                arrow_ipc::Precision::HALF => Ok(Kind::Float(2)),
                arrow_ipc::Precision::SINGLE => Ok(Kind::Float(4)),
                arrow_ipc::Precision::DOUBLE => Ok(Kind::Float(8)),
                _ => Err(odd()),
            }
        }
        Type::Utf8 => Ok(Kind::Text { wide: false }),
        Type::LargeUtf8 => Ok(Kind::Text { wide: true }),
        Type::Utf8View => Ok(Kind::View { is_text: true }),
        Type::BinaryView => Ok(Kind::View { is_text: false }),
        Type::Binary | Type::LargeBinary => other(3),
        Type::FixedSizeBinary
        | Type::Decimal
        | Type::Date
        | Type::Time
        | Type::Timestamp
        | Type::Interval
        | Type::Duration => other(2),
        Type::Struct_ => children().map(Kind::Struct),
        Type::List => Ok(Kind::List { wide: false, item: item()? }),
        Type::LargeList => Ok(Kind::List { wide: true, item: item()? }),
        Type::FixedSizeList => {
            let size = field.type_as_fixed_size_list().ok_or_else(odd)?.listSize();
            let size = usize::try_from(size).map_err(|_| odd())?;
            Ok(Kind::Fixed { size, item: item()? })
        }
        Type::Map => Ok(Kind::Map(item()?)),
        Type::ListView | Type::LargeListView => {
            Ok(Kind::Other { buffers: 3, children: children()? })
        }
        Type::RunEndEncoded => Ok(Kind::Other { buffers: 0, children: children()? }),
        Type::Union => {
            let mode = field.type_as_union().ok_or_else(odd)?.mode();
            let buffers = if mode == arrow_ipc::UnionMode::Dense { 2 } else { 1 };
            Ok(Kind::Other { buffers, children: children()? })
        }
        _ => Err(damaged("a column is of an unknown kind")),
    }
}
