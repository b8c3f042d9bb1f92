"""What PostgreSQL is taught so that it reckons as the expression language says.

Each function has a twin of the same name that SQLite is given, made of what the closures use.
They never raise: what can't be reckoned is NULL.
"""

import sqlalchemy as sa

from engine.fields.money import unusual_places

WHITESPACE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_SPACES = "".join(f"\\{ord(c):04x}" for c in WHITESPACE)

NUMBERS = r"""
CREATE OR REPLACE FUNCTION pulse_number(x numeric, scale integer) RETURNS numeric IMMUTABLE LANGUAGE sql
AS $$ SELECT x $$;

CREATE OR REPLACE FUNCTION pulse_fit(x numeric) RETURNS numeric IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE places integer;
BEGIN
    IF x IS NULL OR abs(x) > 1000000000000000000 THEN RETURN NULL; END IF;
    IF scale(x) <= 9 THEN RETURN x; END IF;
    IF abs(x) >= 1 THEN places := 28 - length(trunc(abs(x))::text);
    ELSE places := 28 + length(substring(x::text from '0\.(0*)')); END IF;
    IF scale(x) <= places THEN RETURN x; END IF;
    x := pulse_half(x, places);
    RETURN CASE WHEN abs(x) > 1000000000000000000 THEN NULL ELSE x END;
END $$;

CREATE OR REPLACE FUNCTION pulse_half(x numeric, places integer) RETURNS numeric IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE cut numeric;
BEGIN
    x := trim_scale(x);
    IF scale(x) = places + 1 AND scale(trim_scale(x * 2)) <= places THEN
        cut := trunc(x, places);
        IF scale(trim_scale(cut * 0.5)) <= places THEN RETURN cut; END IF;
    END IF;
    RETURN round(x, places);
END $$;

CREATE OR REPLACE FUNCTION pulse_fixed(x numeric, places integer, steps integer) RETURNS numeric IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN abs(x) >= 9 * power(10::numeric, 18 - steps) THEN NULL WHEN scale(x) <= places THEN x ELSE pulse_half(x, places) END $$;
CREATE OR REPLACE FUNCTION pulse_places(code text) RETURNS integer IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE UNUSUAL ELSE 2 END $$;
CREATE OR REPLACE FUNCTION pulse_money(x numeric, code text) RETURNS numeric IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN code IS NOT NULL AND abs(x) <= 99999999999999 THEN
    CASE WHEN scale(x) <= 2 AND pulse_places(code) >= 2 THEN x ELSE pulse_half(x, pulse_places(code)) END END $$;

CREATE OR REPLACE FUNCTION pulse_round(x numeric, places numeric) RETURNS numeric IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN places IS NOT NULL THEN pulse_half(x, least(10, greatest(0, trunc(places)))::integer) END $$;
CREATE OR REPLACE FUNCTION pulse_floor(x numeric) RETURNS numeric IMMUTABLE LANGUAGE sql AS $$ SELECT floor(x) $$;
CREATE OR REPLACE FUNCTION pulse_ceil(x numeric) RETURNS numeric IMMUTABLE LANGUAGE sql AS $$ SELECT ceil(x) $$;
CREATE OR REPLACE FUNCTION pulse_abs(x numeric) RETURNS numeric IMMUTABLE LANGUAGE sql AS $$ SELECT abs(x) $$;
CREATE OR REPLACE FUNCTION pulse_negative(x numeric) RETURNS numeric IMMUTABLE LANGUAGE sql AS $$ SELECT -x $$;
CREATE OR REPLACE FUNCTION pulse_add(a numeric, b numeric) RETURNS numeric IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN scale(a + b) <= 9 AND abs(a + b) <= 1000000000000000000 THEN a + b ELSE pulse_fit(a + b) END $$;
CREATE OR REPLACE FUNCTION pulse_subtract(a numeric, b numeric) RETURNS numeric IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN scale(a - b) <= 9 AND abs(a - b) <= 1000000000000000000 THEN a - b ELSE pulse_fit(a - b) END $$;
CREATE OR REPLACE FUNCTION pulse_multiply(a numeric, b numeric) RETURNS numeric IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN scale(a * b) <= 9 AND abs(a * b) <= 1000000000000000000 THEN a * b ELSE pulse_fit(a * b) END $$;

CREATE OR REPLACE FUNCTION pulse_divide(a numeric, b numeric) RETURNS numeric IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE top numeric; under numeric; places integer; digits integer; whole numeric; rest numeric;
BEGIN
    IF a IS NULL OR b IS NULL OR b = 0 THEN RETURN NULL; END IF;
    IF a = 0 THEN RETURN 0; END IF;
    top := abs(a); under := abs(b);
    IF top > under * 1000000000000000001 THEN RETURN NULL; END IF;
    whole := trim_scale(top / under);
    IF whole * under = top AND scale(whole) <= 9 AND whole <= 1000000000000000000 THEN RETURN whole * sign(a) * sign(b); END IF;
    IF whole >= 1 THEN places := 28 - length(trunc(whole)::text);
    ELSE places := 27 - floor(log(top) - log(under))::integer; END IF;
    LOOP
        whole := div(top * ('1e' || places)::numeric, under);
        digits := length(whole::text);
        EXIT WHEN digits = 28;
        places := places + 28 - digits;
    END LOOP;
    rest := top * ('1e' || places)::numeric - whole * under;
    IF rest * 2 > under OR (rest * 2 = under AND mod(whole, 2) = 1) THEN whole := whole + 1; END IF;
    whole := whole * ('1e-' || places)::numeric;
    IF whole > 1000000000000000000 THEN RETURN NULL; END IF;
    RETURN whole * sign(a) * sign(b);
END $$;

CREATE OR REPLACE FUNCTION pulse_floor_divide(a numeric, b numeric) RETURNS numeric IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE whole numeric;
BEGIN
    IF a IS NULL OR b IS NULL OR b = 0 THEN RETURN NULL; END IF;
    whole := div(a, b);
    IF a - whole * b <> 0 AND sign(a) <> sign(b) THEN whole := whole - 1; END IF;
    RETURN CASE WHEN abs(whole) <= 1000000000000000000 THEN whole END;
END $$;

CREATE OR REPLACE FUNCTION pulse_modulo(a numeric, b numeric) RETURNS numeric IMMUTABLE LANGUAGE sql
AS $$ SELECT pulse_fit(a - b * pulse_floor_divide(a, b)) $$;
CREATE OR REPLACE FUNCTION pulse_compare(a numeric, b numeric) RETURNS integer IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN a < b THEN -1 WHEN a > b THEN 1 WHEN a = b THEN 0 END $$;
CREATE OR REPLACE FUNCTION pulse_number_text(x numeric) RETURNS text IMMUTABLE LANGUAGE sql
AS $$ SELECT trim_scale(x)::text $$;
CREATE OR REPLACE AGGREGATE pulse_sum(numeric) (sfunc = numeric_add, stype = numeric);
CREATE OR REPLACE AGGREGATE pulse_min(numeric) (sfunc = numeric_smaller, stype = numeric);
CREATE OR REPLACE AGGREGATE pulse_max(numeric) (sfunc = numeric_larger, stype = numeric);
"""

TEXTS = r"""
CREATE OR REPLACE FUNCTION pulse_trim(t text) RETURNS text IMMUTABLE LANGUAGE sql
AS $$ SELECT nullif(btrim(t, U&'WHITESPACE'), '') $$;
CREATE OR REPLACE FUNCTION pulse_cut(t text) RETURNS text IMMUTABLE LANGUAGE sql
AS $$ SELECT nullif(left(t, 20000), '') $$;
CREATE OR REPLACE FUNCTION pulse_left(t text, n numeric) RETURNS text IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN trunc(n) > 0 THEN nullif(left(t, trunc(least(n, 20000))::integer), '') END $$;
CREATE OR REPLACE FUNCTION pulse_right(t text, n numeric) RETURNS text IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN trunc(n) > 0 THEN nullif(right(t, trunc(least(n, 20000))::integer), '') END $$;
CREATE OR REPLACE FUNCTION pulse_replace(t text, what text, by text) RETURNS text IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN what IS NULL THEN t ELSE pulse_cut(replace(t, what, coalesce(by, ''))) END $$;
CREATE OR REPLACE FUNCTION pulse_joined(list jsonb) RETURNS text IMMUTABLE LANGUAGE sql
AS $$ SELECT pulse_cut(string_agg(each, ', ' ORDER BY place)) FROM jsonb_array_elements_text(list) WITH ORDINALITY AS t(each, place) $$;
CREATE OR REPLACE FUNCTION pulse_has(t text, how text, part text) RETURNS boolean IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE how WHEN 'contains' THEN strpos(t, part) > 0 WHEN 'starts_with' THEN starts_with(t, part)
    ELSE right(t, length(part)) = part END $$;
CREATE OR REPLACE FUNCTION pulse_matches(t text, pattern text) RETURNS boolean IMMUTABLE LANGUAGE sql
AS $$ SELECT coalesce(t ~ pattern, false) $$;
CREATE OR REPLACE FUNCTION pulse_day_text(d date) RETURNS text IMMUTABLE LANGUAGE sql
AS $$ SELECT to_char(d, 'YYYY-MM-DD') $$;
CREATE OR REPLACE FUNCTION pulse_moment_text(t timestamptz) RETURNS text IMMUTABLE LANGUAGE sql
AS $$ SELECT to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
    || CASE WHEN date_part('microseconds', t)::bigint % 1000000 = 0 THEN 'Z' ELSE to_char(t AT TIME ZONE 'UTC', '.US"Z"') END $$;
"""

CALENDAR = r"""
CREATE OR REPLACE FUNCTION pulse_within(d date) RETURNS date IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN d BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN d END $$;
CREATE OR REPLACE FUNCTION pulse_within(t timestamptz) RETURNS timestamptz IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN t AT TIME ZONE 'UTC' >= TIMESTAMP '0001-01-01' AND t AT TIME ZONE 'UTC' < TIMESTAMP '10000-01-01' THEN t END $$;

CREATE OR REPLACE FUNCTION pulse_day_start(d date, zone text) RETURNS timestamptz STABLE LANGUAGE sql
AS $$ SELECT CASE WHEN ((d::timestamp AT TIME ZONE zone) - interval '1 hour') AT TIME ZONE zone = d::timestamp
    THEN (d::timestamp AT TIME ZONE zone) - interval '1 hour'
    WHEN pulse_within(d::timestamp AT TIME ZONE zone) IS NULL THEN d::timestamp AT TIME ZONE 'UTC'
    ELSE d::timestamp AT TIME ZONE zone END $$;
CREATE OR REPLACE FUNCTION pulse_day_of(t timestamptz, zone text) RETURNS date STABLE LANGUAGE sql
AS $$ SELECT coalesce(pulse_within((t AT TIME ZONE zone)::date), (t AT TIME ZONE 'UTC')::date) $$;
CREATE OR REPLACE FUNCTION pulse_local(t text, zone text) RETURNS timestamptz STABLE LANGUAGE sql
AS $$ SELECT CASE WHEN ((t::timestamp AT TIME ZONE zone) - interval '1 hour') AT TIME ZONE zone = t::timestamp
    THEN (t::timestamp AT TIME ZONE zone) - interval '1 hour' ELSE t::timestamp AT TIME ZONE zone END $$;

CREATE OR REPLACE FUNCTION pulse_shift(d date, unit text, n numeric, zone text) RETURNS date STABLE LANGUAGE plpgsql AS $$
DECLARE steps integer := CASE WHEN unit = 'months' THEN least(12000, greatest(-12000, trunc(n))) ELSE least(400000, greatest(-400000, trunc(n))) END;
BEGIN
    IF d IS NULL OR n IS NULL THEN RETURN NULL; END IF;
    IF unit = 'months' THEN RETURN pulse_within((d + make_interval(months => steps))::date); END IF;
    steps := CASE WHEN unit = 'weeks' THEN steps * 7 ELSE steps END;
    IF d - DATE '0001-01-01' + steps NOT BETWEEN 0 AND 3652058 THEN RETURN NULL; END IF;
    RETURN d + steps;
END $$;
CREATE OR REPLACE FUNCTION pulse_shift(t timestamptz, unit text, n numeric, zone text) RETURNS timestamptz STABLE LANGUAGE plpgsql AS $$
DECLARE steps integer := CASE WHEN unit = 'months' THEN least(12000, greatest(-12000, trunc(n))) ELSE least(400000, greatest(-400000, trunc(n))) END;
BEGIN
    IF t IS NULL OR n IS NULL THEN RETURN NULL; END IF;
    IF unit = 'months' THEN
        RETURN pulse_within((t AT TIME ZONE 'UTC' + make_interval(months => steps)) AT TIME ZONE 'UTC');
    END IF;
    steps := CASE unit WHEN 'hours' THEN steps WHEN 'days' THEN steps * 24 ELSE steps * 168 END;
    IF (t AT TIME ZONE 'UTC')::date - DATE '0001-01-01' + steps / 24 NOT BETWEEN -1 AND 3652059 THEN RETURN NULL; END IF;
    RETURN pulse_within(t + make_interval(hours => steps));
END $$;

CREATE OR REPLACE FUNCTION pulse_start_of(d date, unit text, zone text) RETURNS date IMMUTABLE LANGUAGE sql
AS $$ SELECT coalesce(pulse_within(date_trunc(unit, d::timestamp)::date), DATE '0001-01-01') WHERE d IS NOT NULL $$;
CREATE OR REPLACE FUNCTION pulse_end_of(d date, unit text, zone text) RETURNS date IMMUTABLE LANGUAGE sql
AS $$ SELECT pulse_within((date_trunc(unit, d::timestamp) + CASE unit WHEN 'day' THEN interval '1 day' WHEN 'week' THEN interval '1 week'
    WHEN 'month' THEN interval '1 month' WHEN 'quarter' THEN interval '3 months' ELSE interval '1 year' END)::date) - 1 $$;
CREATE OR REPLACE FUNCTION pulse_start_of(t timestamptz, unit text, zone text) RETURNS timestamptz STABLE LANGUAGE sql
AS $$ SELECT pulse_day_start(pulse_start_of(pulse_day_of(t, zone), unit, zone), zone) $$;
CREATE OR REPLACE FUNCTION pulse_end_of(t timestamptz, unit text, zone text) RETURNS timestamptz STABLE LANGUAGE sql
AS $$ SELECT pulse_day_start(pulse_end_of(pulse_day_of(t, zone), unit, zone) + 1, zone) - interval '1 microsecond' $$;
CREATE OR REPLACE FUNCTION pulse_part(d date, part text) RETURNS numeric IMMUTABLE LANGUAGE sql
AS $$ SELECT extract(day FROM d) WHERE part = 'day' UNION ALL SELECT extract(month FROM d) WHERE part = 'month'
    UNION ALL SELECT extract(year FROM d) WHERE part = 'year' UNION ALL SELECT extract(isodow FROM d) WHERE part = 'weekday' $$;
CREATE OR REPLACE FUNCTION pulse_days_between(a date, b date) RETURNS numeric IMMUTABLE LANGUAGE sql AS $$ SELECT (b - a)::numeric $$;
CREATE OR REPLACE FUNCTION pulse_business_days(d date) RETURNS integer IMMUTABLE LANGUAGE sql
AS $$ SELECT (d - DATE '0001-01-01') / 7 * 5 + least((d - DATE '0001-01-01') % 7, 5) $$;
CREATE OR REPLACE FUNCTION pulse_business_days_between(a date, b date) RETURNS numeric IMMUTABLE LANGUAGE sql
AS $$ SELECT (pulse_business_days(b) - pulse_business_days(a))::numeric $$;
CREATE OR REPLACE FUNCTION pulse_add_business_days(d date, n numeric) RETURNS date IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE steps integer := least(100000, greatest(-100000, trunc(n))); place integer;
BEGIN
    IF d IS NULL OR n IS NULL THEN RETURN NULL; END IF;
    IF steps = 0 THEN RETURN d; END IF;
    place := pulse_business_days(d) + steps - CASE WHEN steps > 0 AND extract(isodow FROM d) > 5 THEN 1 ELSE 0 END;
    RETURN pulse_within(DATE '0001-01-01' + floor(place / 5.0)::integer * 7 + place - floor(place / 5.0)::integer * 5);
END $$;
CREATE OR REPLACE FUNCTION pulse_date(y numeric, m numeric, d numeric) RETURNS date IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    y := trunc(y); m := trunc(m); d := trunc(d);
    IF y IS NULL OR m IS NULL OR d IS NULL OR y < 1 OR y > 9999 OR m < 1 OR m > 12 OR d < 1 THEN RETURN NULL; END IF;
    IF d > extract(day FROM make_date(y::integer, m::integer, 1) + interval '1 month' - interval '1 day') THEN RETURN NULL; END IF;
    RETURN make_date(y::integer, m::integer, d::integer);
END $$;
"""


def teach(connection: sa.Connection) -> None:
    """Make the functions that expressions call, or make them anew."""
    if connection.dialect.name == "postgresql":
        unusual = " ".join(
            f"WHEN code = ANY (ARRAY{codes}) THEN {places}" for places, codes in unusual_places().items()
        )
        for functions in (NUMBERS.replace("UNUSUAL", unusual), TEXTS, CALENDAR):
            connection.exec_driver_sql(functions.replace("WHITESPACE", _SPACES).replace("%", "%%"))
