/// An id of one kind: a text that the host chose, 1 to 128 bytes of UTF-8.
///
/// Ids are compared and sorted by their bytes, as everywhere in the library. A `String` is not: to it, `é` as one
/// code point and `é` as two are the same. A text that is no id is told by the call that it is given to, as
/// ``CaseloadError/Input(violations:text:)``.
public protocol TextId: Hashable, Comparable, Codable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The text, as the host chose it.
    var text: String { get }

    /// The id of this text.
    init(_ text: String)
}

extension TextId {
    /// Whether the bytes are the same.
    public static func == (one: Self, other: Self) -> Bool {
        one.text.utf8.elementsEqual(other.text.utf8)
    }

    /// The order of the bytes.
    public static func < (one: Self, other: Self) -> Bool {
        one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
    }

    /// By the bytes, as they are compared.
    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 {
            hasher.combine(byte)
        }
        // What follows an id must not be taken for a part of it.
        hasher.combine(UInt8.max)
    }

    /// The text.
    public var description: String { text }

    /// `let maria: StaffId = "maria"`.
    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// From a single text.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// As a single text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The person (or household) served, known here only by this id: never a name.
public struct ParticipantId: TextId {
    /// The text, as the host chose it.
    public let text: String

    /// The id of this text.
    public init(_ text: String) {
        self.text = text
    }
}

/// A worker who holds a caseload or acts on caseloads.
public struct StaffId: TextId {
    /// The text, as the host chose it.
    public let text: String

    /// The id of this text.
    public init(_ text: String) {
        self.text = text
    }
}

/// A service with its own enrollments and its own policy.
public struct ProgramId: TextId {
    /// The text, as the host chose it.
    public let text: String

    /// The id of this text.
    public init(_ text: String) {
        self.text = text
    }
}

/// A participant in a program over a period.
public struct EnrollmentId: TextId {
    /// The text, as the host chose it.
    public let text: String

    /// The id of this text.
    public init(_ text: String) {
        self.text = text
    }
}

/// One staff member responsible for one participant in one program over a period.
public struct AssignmentId: TextId {
    /// The text, as the host chose it.
    public let text: String

    /// The id of this text.
    public init(_ text: String) {
        self.text = text
    }
}

/// The host's idempotency key of a command.
public struct RequestId: TextId {
    /// The text, as the host chose it.
    public let text: String

    /// The id of this text.
    public init(_ text: String) {
        self.text = text
    }
}

/// Who gives a command or asks: a staff id, or ``root``, the host application itself.
public struct ActorId: TextId {
    /// The host application itself.
    public static let root = ActorId("root")

    /// The text, as the host chose it.
    public let text: String

    /// The id of this text.
    public init(_ text: String) {
        self.text = text
    }

    /// A staff member who acts.
    public init(_ staff: StaffId) {
        self.text = staff.text
    }
}

extension AnyId {
    /// The text, whatever it names.
    public var text: String {
        switch self {
        case .participant(let id): id.text
        case .staff(let id): id.text
        case .program(let id): id.text
        case .enrollment(let id): id.text
        case .assignment(let id): id.text
        }
    }
}
