"""Compiled loops over the bytes of string columns: they read the plain forms and only flag the rest, which Python then names (see
oddities.py).

Each returns (values, fine): `fine` is False where the text is not in the plain form; empty and null count as fine and give 0.
"""
# mypy: disable-error-code="no-untyped-def, assignment"
# ruff: noqa: PLR1714 - the compiler handles comparisons, not sets

from __future__ import annotations

import numba
import numpy as np

CITY_OFFSET_US = 8 * 3600 * 1_000_000  # Asia/Shanghai has been UTC+8 without summer time since 1991
_DAY_US = 86_400 * 1_000_000
_DAYS_BEFORE = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365], dtype=np.int64)


@numba.njit(cache=True, nogil=True)
def read_ints(offsets, data):  # pragma: no cover - compiled
    """[+-]digits, at most 18 of them."""
    rows = len(offsets) - 1
    values, fine = np.zeros(rows, np.int64), np.ones(rows, np.bool_)
    for row in range(rows):
        place, end = offsets[row], offsets[row + 1]
        if place == end:
            continue
        negative = data[place] == 45
        if negative or data[place] == 43:
            place += 1
        if place == end or end - place > 18:
            fine[row] = False
            continue
        total = np.int64(0)
        while place < end:
            digit = np.int64(data[place]) - 48
            if digit < 0 or digit > 9:
                fine[row] = False
                break
            total = total * 10 + digit
            place += 1
        values[row] = -total if negative else total
    return values, fine


@numba.njit(cache=True, nogil=True)
def read_money(offsets, data):  # pragma: no cover - compiled
    """Yuan such as 12, 12.3 or 12.30 → fen."""
    rows = len(offsets) - 1
    values, fine = np.zeros(rows, np.int64), np.ones(rows, np.bool_)
    for row in range(rows):
        place, end = offsets[row], offsets[row + 1]
        if place == end:
            continue
        total, digits, decimals = np.int64(0), 0, -1
        while place < end:
            char = np.int64(data[place])
            if char == 46 and decimals < 0 and digits > 0:
                decimals = 0
            elif 48 <= char <= 57:
                total = total * 10 + char - 48
                digits += 1
                if decimals >= 0:
                    decimals += 1
            else:
                digits = 99
                break
            place += 1
        if digits == 0 or digits > 14 or decimals == 0 or decimals > 2:
            fine[row] = False
            continue
        values[row] = total * (100 if decimals <= 0 else 10 if decimals == 1 else 1)
    return values, fine


@numba.njit(cache=True, nogil=True, inline="always")
def _two(data, place):  # pragma: no cover - compiled
    tens, ones = np.int64(data[place]) - 48, np.int64(data[place + 1]) - 48
    if tens < 0 or tens > 9 or ones < 0 or ones > 9:
        return np.int64(-1)
    return tens * 10 + ones


@numba.njit(cache=True, nogil=True, inline="always")
def _days(year, month, day):  # pragma: no cover - compiled
    """Days since 1970-01-01 of a Gregorian date, or a large negative number when there is no such day."""
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    if year < 1 or month < 1 or month > 12 or day < 1:
        return np.int64(-(10**9))
    length = _DAYS_BEFORE[month] - _DAYS_BEFORE[month - 1] + (1 if leap and month == 2 else 0)
    if day > length:
        return np.int64(-(10**9))
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 + _DAYS_BEFORE[month - 1] + day - 1
    if leap and month > 2:
        days += 1
    return np.int64(days - 719162)


_NO_ZONE = np.int64(-(2**62))


@numba.njit(cache=True, nogil=True)
def _zone(data, place, end):  # pragma: no cover - compiled
    """Microseconds east of UTC that the rest of a time says (Z, ±08:00, ±0800, ±08; nothing: the city's), _NO_ZONE when it says no zone."""
    left = end - place
    if left == 0:
        return np.int64(CITY_OFFSET_US)
    if data[place] == 90 and left == 1:
        return np.int64(0)
    if (data[place] != 43 and data[place] != 45) or (left != 6 and left != 5 and left != 3):
        return _NO_ZONE
    hours, minutes = _two(data, place + 1), np.int64(0)
    if left == 6:
        minutes = _two(data, place + 4) if data[place + 3] == 58 else np.int64(-1)
    elif left == 5:
        minutes = _two(data, place + 3)
    if hours < 0 or hours > 14 or minutes < 0 or minutes > 59:
        return _NO_ZONE
    offset = (hours * 60 + minutes) * 60_000_000
    return -offset if data[place] == 45 else offset


@numba.njit(cache=True, nogil=True)
def read_times(offsets, data):  # noqa: PLR0912  # pragma: no cover - compiled
    """ISO 8601: 2026-11-24[T| ]10:21[:33[.123456]][Z|±08:00|±0800] or a bare date → microseconds since 1970 UTC; without a zone: city
    time."""
    rows = len(offsets) - 1
    values, fine = np.zeros(rows, np.int64), np.ones(rows, np.bool_)
    for row in range(rows):
        start, end = offsets[row], offsets[row + 1]
        size = end - start
        if size == 0:
            continue
        fine[row] = False
        if size < 10 or size > 32 or data[start + 4] != 45 or data[start + 7] != 45:
            continue
        century, year, month, day = _two(data, start), _two(data, start + 2), _two(data, start + 5), _two(data, start + 8)
        if century < 0 or year < 0 or month < 0 or day < 0:
            continue
        days = _days(century * 100 + year, month, day)
        if days < -(10**8):
            continue
        total = days * _DAY_US
        if size == 10:
            values[row] = total - CITY_OFFSET_US
            fine[row] = True
            continue
        if size < 16 or (data[start + 10] != 84 and data[start + 10] != 32) or data[start + 13] != 58:
            continue
        hour, minute, second = _two(data, start + 11), _two(data, start + 14), np.int64(0)
        place = start + 16
        if place + 3 <= end and data[place] == 58:
            second = _two(data, place + 1)
            place += 3
        if hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 59:
            continue
        total += ((hour * 60 + minute) * 60 + second) * 1_000_000
        if place < end and data[place] == 46:
            place += 1
            scale, digits = np.int64(100_000), 0
            while place < end and 48 <= data[place] <= 57:
                total += (np.int64(data[place]) - 48) * scale
                scale //= 10
                digits += 1
                place += 1
            if digits == 0 or digits > 9:
                continue
        offset = _zone(data, place, end)
        if offset == _NO_ZONE:
            continue
        values[row] = total - offset
        fine[row] = True
    return values, fine


@numba.njit(cache=True, nogil=True)
def plain_texts(offsets, data, most, identifier, free):  # pragma: no cover - compiled
    """(fine, empty): texts that need no second look. Odd are: over-long, outer spaces, control characters, U+FFFD, a leading = + - @ or #;
    in identifiers also spaces, slashes and the 1.2E+17 of spreadsheets; in free text seventeen digits in a row, which may be a person's
    number."""
    rows = len(offsets) - 1
    fine, empty = np.ones(rows, np.bool_), np.zeros(rows, np.bool_)
    inner = _odd_bytes(data, offsets[0], offsets[rows], identifier) or (free and _many_digits(data, offsets[0], offsets[rows]))
    for row in range(rows):
        place, end = offsets[row], offsets[row + 1]
        if place == end:
            empty[row] = True
            continue
        lead, tail = data[place], data[end - 1]
        odd = end - place > most or lead <= 32 or tail <= 32 or lead == 61 or lead == 43 or lead == 45 or lead == 64 or lead == 35
        odd = odd or (lead == 0xE3 and end - place >= 3 and data[place + 1] == 0x80 and data[place + 2] == 0x80)
        if inner and not odd:
            odd = _odd_bytes(data, place, end, identifier) or (free and _many_digits(data, place, end))
        fine[row] = not odd
    return fine, empty


@numba.njit(cache=True, nogil=True)
def _odd_bytes(data, place, end, identifier):  # pragma: no cover - compiled
    """Whether some byte is never plain. A whole column is asked first, as the least of each difference: the compiler makes vector
    instructions of that (0.04 ms a megabyte) and of nothing with a branch in it (0.9 ms)."""
    part = data[place:end]
    least = gone = mark = gap = np.uint8(255)
    for at in range(len(part)):
        char = part[at]
        least = min(least, char)
        gone = min(gone, np.uint8(char ^ np.uint8(127)))
        mark = min(mark, np.uint8(char ^ np.uint8(0xEF)))
        gap = min(gap, np.uint8(char ^ np.uint8(32)), np.uint8(char ^ np.uint8(43)), np.uint8(char ^ np.uint8(47)))
    if least < 32 or gone == 0 or (identifier and gap == 0):
        return True
    if mark == 0:
        for at in range(len(part) - 2):
            if part[at] == 0xEF and part[at + 1] == 0xBF and part[at + 2] == 0xBD:
                return True
    return False


@numba.njit(cache=True, nogil=True)
def _many_digits(data, place, end):  # pragma: no cover - compiled
    """Whether seventeen digits stand in a row: then one of them stands at every sixteenth place."""
    for at in range(place + 15, end, 16):
        if 48 <= data[at] <= 57:
            first, after = at, at + 1
            while first > place and 48 <= data[first - 1] <= 57:
                first -= 1
            while after < end and 48 <= data[after] <= 57:
                after += 1
            if after - first >= 17:
                return True
    return False


@numba.njit(cache=True, nogil=True)
def digit_strings(offsets, data, lengths):  # pragma: no cover - compiled
    """Whether each text is digits only, of one of the lengths."""
    rows = len(offsets) - 1
    fine = np.ones(rows, np.bool_)
    for row in range(rows):
        size = offsets[row + 1] - offsets[row]
        if size == 0:
            continue
        known = False
        for length in lengths:
            known = known or size == length
        for at in range(offsets[row], offsets[row + 1]):
            if data[at] < 48 or data[at] > 57:
                known = False
        fine[row] = known
    return fine


@numba.njit(cache=True, nogil=True)
def gtin_checks(offsets, data, fine):  # pragma: no cover - compiled
    """GS1 check digit of the digit strings that `digit_strings` found fine: weights 3, 1, 3 … from the right."""
    good = np.ones(len(offsets) - 1, np.bool_)
    for row in range(len(good)):
        size = offsets[row + 1] - offsets[row]
        if size == 0 or not fine[row]:
            continue
        total = 0
        for back in range(1, size):
            digit = np.int64(data[offsets[row + 1] - 1 - back]) - 48
            total += digit * (3 if back % 2 == 1 else 1)
        good[row] = (10 - total % 10) % 10 == np.int64(data[offsets[row + 1] - 1]) - 48
    return good


_M1, _M2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


@numba.njit(cache=True, nogil=True, inline="always")
def _stir(h, word):  # pragma: no cover - compiled
    h = (h ^ word) * _M2
    h ^= h >> np.uint64(32)
    h *= _M1
    return h ^ (h >> np.uint64(29))


@numba.njit(cache=True, nogil=True)
def stir_ints(hashes, values, valid, salt):  # pragma: no cover - compiled
    """Mix one column of int64 into the row hashes, in place; a null leaves the row's hash alone, so a column added later changes no old
    hash."""
    for row in range(len(values)):
        if valid[row]:
            hashes[row] ^= _stir(salt, np.uint64(values[row]))


@numba.njit(cache=True, nogil=True)
def stir_texts(hashes, offsets, data, salt):  # pragma: no cover - compiled
    """Mix one text column into the row hashes, in place; empty counts as null."""
    for row in range(len(offsets) - 1):
        place, end = offsets[row], offsets[row + 1]
        if place == end:
            continue
        h = salt ^ np.uint64(end - place)
        while place + 8 <= end:
            word = np.uint64(0)
            for byte in range(8):
                word |= np.uint64(data[place + byte]) << np.uint64(8 * byte)
            h = _stir(h, word)
            place += 8
        word, shift = np.uint64(0), np.uint64(0)
        while place < end:
            word |= np.uint64(data[place]) << shift
            shift += np.uint64(8)
            place += 1
        hashes[row] ^= _stir(h, word)


@numba.njit(cache=True, nogil=True)
def hex_strings(offsets, data):  # pragma: no cover - compiled
    """16 to 128 lower-case hexadecimal digits."""
    rows = len(offsets) - 1
    fine = np.ones(rows, np.bool_)
    for row in range(rows):
        size = offsets[row + 1] - offsets[row]
        if size == 0:
            continue
        good = 16 <= size <= 128
        for at in range(offsets[row], offsets[row + 1]):
            char = data[at]
            good = good and (48 <= char <= 57 or 97 <= char <= 102)
        fine[row] = good
    return fine


@numba.njit(cache=True, nogil=True)
def ipv4_strings(offsets, data):  # pragma: no cover - compiled
    """Four numbers up to 255 without leading zeros, with dots between."""
    rows = len(offsets) - 1
    fine = np.ones(rows, np.bool_)
    for row in range(rows):
        size = offsets[row + 1] - offsets[row]
        if size == 0:
            continue
        number, digits, dots, good = 0, 0, 0, 7 <= size <= 15
        for at in range(offsets[row], offsets[row + 1]):
            char = np.int64(data[at])
            if char == 46:
                good = good and digits > 0
                number, digits, dots = 0, 0, dots + 1
            elif 48 <= char <= 57:
                good = good and not (digits > 0 and number == 0)
                number = number * 10 + char - 48
                digits += 1
                good = good and digits <= 3 and number <= 255
            else:
                good = False
        fine[row] = good and dots == 3 and digits > 0
    return fine


@numba.njit(cache=True, nogil=True)
def scan_lines(data, most):  # pragma: no cover - compiled
    """(starts, ends, plain) of the lines of a file: without their line break; plain when the line is `{…}`, not too long and not deeply
    nested.

    Lines that are plain hold one JSON object each as soon as a reader finds as many objects as lines: an object cannot go on after a `}` at
    the end of a line when the next line starts with `{`.
    """
    size = len(data)
    count = 1
    for place in range(size):
        if data[place] == 10:
            count += 1
    starts, ends, plain = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.bool_)
    line, begin, nested = 0, 0, 0
    for place in range(size + 1):
        char = data[place] if place < size else np.uint8(10)
        if char == 123 or char == 91:
            nested += 1
        elif char == 10:
            end = place
            while end > begin and (data[end - 1] == 13 or data[end - 1] == 32 or data[end - 1] == 9):
                end -= 1
            first = begin
            while first < end and (data[first] == 32 or data[first] == 9):
                first += 1
            starts[line], ends[line] = first, end
            plain[line] = end - first >= 2 and data[first] == 123 and data[end - 1] == 125 and end - first <= most and nested <= 64
            line += 1
            begin, nested = place + 1, 0
    return starts, ends, plain
