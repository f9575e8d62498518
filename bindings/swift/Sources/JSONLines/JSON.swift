import Caseload

/// A value of JSON. An object keeps the order of its keys, because answers are compared byte for byte.
enum JSON {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Any other number: no field of a line is one.
    case number
    case text(String)
    case array([JSON])
    case object([(key: String, value: JSON)])

    static func texts(_ texts: [String]) -> JSON {
        .array(texts.map(JSON.text))
    }

    static func ids<Id: TextId>(_ ids: [Id]) -> JSON {
        texts(ids.map(\.text))
    }

    static func days(_ period: Period) -> [JSON] {
        [.text(period.start.description), period.end.map { .text($0.description) } ?? .null]
    }

    var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

// MARK: - Writing

extension JSON {
    /// On one line, without spaces.
    var written: String {
        switch self {
        case .null: "null"
        case .bool(let bool): bool ? "true" : "false"
        case .integer(let number): String(number)
        case .number: "null"
        case .text(let text): JSON.quoted(text)
        case .array(let values): "[" + values.map(\.written).joined(separator: ",") + "]"
        case .object(let fields):
            "{" + fields.map { JSON.quoted($0.key) + ":" + $0.value.written }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{8}": quoted += "\\b"
            case "\u{c}": quoted += "\\f"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

// MARK: - Reading

extension JSON {
    /// The one value of a text; nil where it is no JSON.
    init?(_ text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        guard let value = reader.value(depth: 0), reader.isAtEnd() else { return nil }
        self = value
    }

    private struct Reader {
        /// As deep as the library reads.
        private static let deepest = 127

        let bytes: [UInt8]
        var place = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func isAtEnd() -> Bool {
            skipSpace()
            return place == bytes.count
        }

        mutating func value(depth: Int) -> JSON? {
            skipSpace()
            guard place < bytes.count, depth <= Reader.deepest else { return nil }
            switch bytes[place] {
            case UInt8(ascii: "{"): return object(depth: depth)
            case UInt8(ascii: "["): return array(depth: depth)
            case UInt8(ascii: "\""): return string().map(JSON.text)
            case UInt8(ascii: "t"): return word("true", .bool(true))
            case UInt8(ascii: "f"): return word("false", .bool(false))
            case UInt8(ascii: "n"): return word("null", .null)
            default: return number()
            }
        }

        private mutating func skipSpace() {
            while place < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[place]) { place += 1 }
        }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            skipSpace()
            guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
            place += 1
            return true
        }

        private mutating func word(_ word: String, _ value: JSON) -> JSON? {
            guard bytes[place...].starts(with: word.utf8) else { return nil }
            place += word.utf8.count
            return value
        }

        private mutating func object(depth: Int) -> JSON? {
            place += 1
            var fields: [(key: String, value: JSON)] = []
            if take("}") { return .object(fields) }
            repeat {
                skipSpace()
                guard place < bytes.count, bytes[place] == UInt8(ascii: "\""), let key = string(), take(":"),
                    let value = value(depth: depth + 1)
                else { return nil }
                // The last one of a name counts.
                fields.removeAll { $0.key.utf8.elementsEqual(key.utf8) }
                fields.append((key, value))
            } while take(",")
            return take("}") ? .object(fields) : nil
        }

        private mutating func array(depth: Int) -> JSON? {
            place += 1
            var values: [JSON] = []
            if take("]") { return .array(values) }
            repeat {
                guard let value = value(depth: depth + 1) else { return nil }
                values.append(value)
            } while take(",")
            return take("]") ? .array(values) : nil
        }

        private mutating func number() -> JSON? {
            let start = place
            let isPart = { (byte: UInt8) in "+-.0123456789eE".utf8.contains(byte) }
            while place < bytes.count, isPart(bytes[place]) { place += 1 }
            let text = String(decoding: bytes[start..<place], as: UTF8.self)
            let digits = text.first == "-" ? text.dropFirst() : text[...]
            guard let first = digits.first, first.isNumber, Double(text) != nil else { return nil }
            if digits.allSatisfy(\.isNumber) {
                if digits.count > 1 && first == "0" { return nil }
                return Int64(text).map(JSON.integer) ?? .number
            }
            return .number
        }

        private mutating func string() -> String? {
            place += 1
            var text = String.UnicodeScalarView()
            var start = place
            while place < bytes.count {
                switch bytes[place] {
                case UInt8(ascii: "\""):
                    text.append(contentsOf: String(decoding: bytes[start..<place], as: UTF8.self).unicodeScalars)
                    place += 1
                    return String(text)
                case UInt8(ascii: "\\"):
                    text.append(contentsOf: String(decoding: bytes[start..<place], as: UTF8.self).unicodeScalars)
                    guard let scalar = escaped() else { return nil }
                    text.append(scalar)
                    start = place
                case 0..<0x20: return nil
                default: place += 1
                }
            }
            return nil
        }

        private mutating func escaped() -> Unicode.Scalar? {
            guard place + 1 < bytes.count else { return nil }
            let plain: [UInt8: Unicode.Scalar] = [
                UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
                UInt8(ascii: "f"): "\u{c}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
            ]
            let kind = bytes[place + 1]
            place += 2
            if let scalar = plain[kind] { return scalar }
            guard kind == UInt8(ascii: "u"), let first = fourDigits() else { return nil }
            guard (0xd800..<0xdc00).contains(first) else { return Unicode.Scalar(first) }
            guard place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u")
            else { return nil }
            place += 2
            guard let second = fourDigits(), (0xdc00..<0xe000).contains(second) else { return nil }
            return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        }

        private mutating func fourDigits() -> UInt32? {
            guard place + 4 <= bytes.count else { return nil }
            let digits = bytes[place..<(place + 4)]
            guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
            place += 4
            return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        }
    }
}
