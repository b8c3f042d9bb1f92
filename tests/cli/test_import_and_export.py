"""`pulse import` and `pulse export` say what they do, write what they say, and end as scripts expect."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import cli
from engine.context import Actor
from engine.records.commands import create_record
from engine.tenant import Tenant
from tests.engine.transfer.bringing import records_of, shown

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(autouse=True)
def in_a_folder(tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command line that works in an empty folder, on the tenant's database."""
    monkeypatch.setenv("PULSE_DATABASE_URL", tenant.settings.database_url)
    monkeypatch.setenv("PULSE_DATA_DIR", str(tmp_path / "var"))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def pulse(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def write(name: str, *lines: str) -> Path:
    path = Path(name)
    path.write_text("\n".join([*lines, ""]))
    return path


def test_an_import_says_what_goes_where_and_what_became_of_it(tenant: Tenant) -> None:
    ran = pulse("import", "contact", DATA / "hubspot-contacts.csv")

    assert ran.exit_code == 0, ran.stderr
    said = ran.stdout
    assert "hubspot-contacts.csv: CSV, UTF-8, cut by commas, 39 rows." in said
    assert "First Name                name.first" in said
    assert "Record ID                 left out: No field goes by this name." in said
    assert "34 created, 0 updated, 0 skipped, 5 rejected." in said
    assert "Along with them: 12 new companies." in said
    assert "row 29: Status: \"Frozen\" is none of: Prospect, Customer, Partner, Former customer." in said
    assert len(Path("hubspot-contacts-rejected.csv").read_text("utf-8-sig").splitlines()) == 6
    assert len(records_of(tenant, "contact")) == 34


def test_a_dry_run_writes_neither_records_nor_files(tenant: Tenant, in_a_folder: Path) -> None:
    ran = pulse("import", "contact", DATA / "hubspot-contacts.csv", "--dry-run")

    assert ran.exit_code == 0
    assert ran.stdout.endswith("This was a dry run: nothing was written.\n")
    assert records_of(tenant, "contact") == []
    assert list(in_a_folder.iterdir()) == []


def test_a_script_reads_the_result_as_json() -> None:
    file = write("z.csv", "Name,Herd,Colour", "A,north,x", "B,west,y")

    ran = pulse("import", "zebra", file, "--json", "--rejects", "bad.csv")

    said = json.loads(ran.stdout)
    assert ran.exit_code == 0
    assert said["mapping"] == {"Name": "name", "Herd": "herd", "Colour": None}
    assert (said["created"], said["rejected"], said["rejects"]) == (1, 1, "bad.csv")
    assert said["reasons"] == [{"row": 3, "reason": 'Herd: "west" is none of: North, South.'}]
    assert Path("bad.csv").exists()


def test_a_map_sends_columns_elsewhere(tenant: Tenant) -> None:
    file = write("z.csv", "Who,Herd,Size", "A,north,3")
    mapping = write("map.yaml", "Who: name", "Herd: traits", "Size:")

    ran = pulse("import", "zebra", file, "--map", mapping)

    assert ran.exit_code == 0, ran.stderr
    assert shown(tenant, "zebra", "name", "herd", "traits", "size") == [("A", None, ["north"], None)]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["Who: nmae"], 'There is no field "nmae" of zebra. Did you mean "name"?'),
        (["Whom: name"], 'The file has no column "Whom". Did you mean "Who"?'),
        (["- name"], "must have a field for each header"),
        (["Who: [name"], "map.yaml:1:6"),
        (["Who: !!python/object:os.system x"], "has no meaning here"),
    ],
)
def test_a_map_that_is_wrong_is_refused_with_the_way_on(
    tenant: Tenant, lines: list[str], words: str
) -> None:
    file, mapping = write("z.csv", "Who", "A"), write("map.yaml", *lines)

    ran = pulse("import", "zebra", file, "--map", mapping)

    assert ran.exit_code == 1
    assert words in ran.stderr
    assert records_of(tenant, "zebra") == []


def test_somebody_imports_as_who_they_are(tenant: Tenant, admin: Actor, keeper: Actor) -> None:
    file = write("z.csv", "Name", "A")

    allowed = pulse("import", "zebra", file, "--user", "ada@example.com")
    denied = pulse("import", "zebra", file, "--user", "kim@example.com")
    unknown = pulse("import", "zebra", file, "--user", "bob@example.com")

    assert [allowed.exit_code, denied.exit_code, unknown.exit_code] == [0, 1, 1]
    assert denied.stderr == 'This needs the capability "import".\n'
    assert unknown.stderr.startswith('There is no user "bob@example.com".')
    [(owner,)] = shown(tenant, "zebra", "owner")
    assert owner.id == admin.id


def test_matching_updates_what_is_there(tenant: Tenant) -> None:
    file = write("z.csv", "Name,Size", "A,1", "B,2")
    pulse("import", "zebra", file)

    ran = pulse("import", "zebra", write("z2.csv", "Name,Size", "a,5", "A,7"), "--match", "name")

    assert "1 created, 1 updated, 0 skipped, 0 rejected." in ran.stdout


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.csv", None, '"none.csv" can\'t be read (No such file or directory).'),
        ("empty.csv", b"", '"empty.csv" is empty.'),
        ("quote.csv", b'Name\n"A\n', "A quote is opened in the row at line 2 and never closed."),
        ("book.csv", b"PK\x03\x04", "is named as a CSV file, but is an XLSX workbook"),
    ],
)
def test_a_file_that_is_wrong_ends_with_one_sentence(
    tenant: Tenant, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        Path(name).write_bytes(content)

    ran = pulse("import", "zebra", name)

    assert ran.exit_code == 1
    assert words in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert records_of(tenant, "zebra") == []


def test_a_file_of_300_mb_is_refused_without_reading_it() -> None:
    with Path("all.csv").open("wb") as file:
        file.truncate(300 * 1024 * 1024)

    ran = pulse("import", "zebra", "all.csv")

    assert ran.exit_code == 1
    assert ran.stderr.startswith('"all.csv" has 300 MB; an import takes 50 MB at a time.')


def test_an_import_that_kept_nothing_has_failed() -> None:
    ran = pulse("import", "zebra", write("z.csv", "Name,Herd", "A,west"))

    assert ran.exit_code == 1
    assert "0 created, 0 updated, 0 skipped, 1 rejected." in ran.stdout


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_what_is_exported_is_imported_again(tenant: Tenant, form: str) -> None:
    pulse("import", "zebra", write("z.csv", "Name,Size,Herd", "=A,1,north", "B,2,", "C,3,"))

    exported = pulse("export", "zebra", "--where", "size < 3", "--out", f"out.{form}")
    again = pulse("import", "zebra", f"out.{form}", "--json")

    assert exported.exit_code == 0, exported.stderr
    assert json.loads(again.stdout)["skipped"] == 2
    assert sorted(path.name for path in Path().iterdir()) == [f"out.{form}", "z.csv"]


def test_an_export_goes_to_standard_output_for_whom_it_is_meant(
    tenant: Tenant, admin: Actor, keeper: Actor
) -> None:
    with tenant.writing(admin) as ctx:
        create_record(ctx, "zebra", {"name": "A"})

    allowed = pulse("export", "zebra", "--user", "ada@example.com", "--format", "csv")
    denied = pulse("export", "zebra", "--user", "kim@example.com", "--out", "out.csv")

    assert allowed.stdout.splitlines()[0].startswith("id,name,owner,owner.id,herd")
    assert (denied.exit_code, denied.stderr) == (1, "You may not export zebras.\n")
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["zebra", "--where", "nmae == 1"], 'nmae'),
        (["okapi"], 'There is no entity "okapi".'),
        (["zebra", "--out", "out.pdf"], 'There is no format "pdf". Formats: csv, xlsx, json.'),
        (["zebra", "--out", "no/such/out.csv"], "can't be written"),
    ],
)
def test_an_export_that_can_not_be_ends_with_one_sentence(words: list[str], message: str) -> None:
    ran = pulse("export", *words)

    assert ran.exit_code == 1
    assert message in ran.stderr
