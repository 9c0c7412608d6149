//! What a revision may contain: the base no signature and no action, each later one a single filled field.

use std::collections::BTreeSet;

use crate::appearance::{extent, real};
use crate::error::{Refusal, RefusalCode};
use crate::pdf::file::PdfFile;
use crate::pdf::found::Found;
use crate::pdf::value::{Dict, Value, dict, get, set};
use crate::seal::{field_name, fields};

pub(crate) fn refuse_active_content(file: &PdfFile<'_>) -> Result<(), Refusal> {
    let found = file.revisions.iter().flat_map(|revision| &revision.objects).find(|(_, found)| found.notes.active);
    match found {
        Some((number, _)) => {
            Err(Refusal::new(RefusalCode::ActiveContent, format!("object {number} holds a script or an action")))
        }
        None => Ok(()),
    }
}

/// In the base revision no field may be filled and no permission granted: signatures come by appended revisions only.
pub(crate) fn refuse_prepared_signatures(file: &PdfFile<'_>) -> Result<(), Refusal> {
    for (number, found) in &file.base().objects {
        let bad = found.notes.form
            && found.dict().is_some_and(|dict| {
                let filled = get(dict, "FT").is_some() && get(dict, "V").is_some();
                let signature =
                    get(dict, "Type").is_some_and(|kind| kind.is_name("Sig")) || get(dict, "ByteRange").is_some();
                filled || signature || get(dict, "Perms").is_some()
            });
        if bad {
            return Err(Refusal::new(
                RefusalCode::Revision,
                format!("object {number} of the first revision is already signed"),
            ));
        }
    }
    Ok(())
}

/// What a signing revision filled.
pub(crate) struct Filled<'f> {
    pub(crate) field: String,
    pub(crate) signature: &'f Dict,
    /// The field itself, filled.
    pub(crate) widget: &'f Dict,
    /// What it shows; whether that is what the signature says is judged apart.
    pub(crate) appearance: &'f Found<'f>,
}

/// A later revision may fill one prepared field, add its signature and appearance, and (the first one) grant DocMDP.
pub(crate) fn check_revision<'f>(file: &'f PdfFile<'_>, index: usize) -> Result<Filled<'f>, Refusal> {
    let refuse = |detail: &str| Refusal::new(RefusalCode::Revision, format!("revision {}: {detail}", index + 1));
    let revision = &file.revisions[index];
    let before = index - 1;
    let root = file.root().ok_or_else(|| refuse("no catalog"))?;
    let mut field = None;
    let mut added = BTreeSet::new();
    for (number, found) in &revision.objects {
        match file.object_in(before, *number) {
            None => {
                added.insert(*number);
            }
            Some(_) if *number == root => {}
            Some(old) => {
                if field.replace((*number, found, old)).is_some() {
                    return Err(refuse("it changes more than one existing object"));
                }
            }
        }
    }
    let (number, new, old) = field.ok_or_else(|| refuse("it fills no signature field"))?;
    if !fields(file)?.iter().any(|(listed, _)| *listed == number) {
        return Err(refuse("it changes an object that is no prepared signature field"));
    }
    let (signature_number, appearance_number) =
        filled_field(new, old).ok_or_else(|| refuse("it changes more of a field than its value and appearance"))?;
    if added != BTreeSet::from([signature_number, appearance_number]) {
        return Err(refuse("it adds objects that are neither signature nor appearance"));
    }
    let signature = revision
        .objects
        .get(&signature_number)
        .and_then(Found::dict)
        .ok_or_else(|| refuse("its signature is no dictionary"))?;
    let appearance = revision.objects.get(&appearance_number).ok_or_else(|| refuse("its appearance is missing"))?;
    check_appearance(file, appearance, new)
        .ok_or_else(|| refuse("its appearance is not a drawing within the field"))?;
    match (revision.objects.get(&root), index == 1) {
        (Some(found), true) => {
            let mut expected = file.object_in(before, root).and_then(Found::dict).cloned().unwrap_or_default();
            set(&mut expected, "Perms", Value::Dict(dict([("DocMDP", Value::Ref(signature_number))])));
            if found.stream.is_some() || *found.value() != Value::Dict(expected) {
                return Err(refuse("it changes more of the catalog than granting DocMDP"));
            }
        }
        (None, true) => return Err(refuse("the first signature does not certify the document")),
        (Some(_), false) => return Err(refuse("it changes the catalog")),
        (None, false) => {}
    }
    let widget = new.dict().ok_or_else(|| refuse("its field is no dictionary"))?;
    let field = field_name(widget).ok_or_else(|| refuse("its field has no name"))?;
    Ok(Filled { field, signature, widget, appearance })
}

/// The signature and appearance of a field that differs from the empty one in nothing else.
fn filled_field(new: &Found<'_>, old: &Found<'_>) -> Option<(u32, u32)> {
    let (filled, empty) = (new.dict()?, old.dict()?);
    let is_field = get(empty, "FT")?.is_name("Sig") && get(empty, "V").is_none() && new.stream.is_none();
    let signature = get(filled, "V")?.as_ref()?;
    let appearance = get(get(filled, "AP")?.as_dict()?, "N")?.as_ref()?;
    let mut expected = empty.clone();
    set(&mut expected, "V", Value::Ref(signature));
    set(&mut expected, "AP", Value::Dict(dict([("N", Value::Ref(appearance))])));
    (is_field && *filled == expected && signature != appearance).then_some((signature, appearance))
}

/// The frame of the appearance is a form of the field's own size, with the document's own fonts and nothing else.
fn check_appearance(file: &PdfFile<'_>, appearance: &Found<'_>, field: &Found<'_>) -> Option<()> {
    appearance.stream.as_ref()?;
    let form = appearance.dict()?;
    let (width, height) = extent(field.dict()?)?;
    let acro_form = file.resolve(get(file.catalog()?, "AcroForm")?)?.as_dict()?;
    let fonts = get(get(acro_form, "DR")?.as_dict()?, "Font")?;
    let bounds = Value::Array(vec![Value::Int(0), Value::Int(0), real(width), real(height)]);
    let mut expected = dict([
        ("BBox", bounds),
        ("FormType", Value::Int(1)),
        ("Resources", Value::Dict(dict([("Font", fonts.clone())]))),
        ("Subtype", Value::name("Form")),
        ("Type", Value::name("XObject")),
    ]);
    for key in ["Length", "Filter"] {
        set(&mut expected, key, get(form, key)?.clone());
    }
    (*form == expected).then_some(())
}
