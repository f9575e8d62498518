import Caseload

/// Answers JSON lines over an agency, in order: the common test form of every store and binding.
///
/// It goes through the same methods as any app: a line becomes a call of the desk or a question, and what comes back
/// is written down again. Only a line that no call could be (an unknown field, a text that is no day) is handed over
/// as it is, so that what is wrong with it is told in the library's own words.
public final class Replay {
    private let agency: Agency
    /// The head's position after each line; the first element is before every line.
    private var positions: [Int64]

    /// Over an agency, from its head on.
    public init(_ agency: Agency) throws {
        self.agency = agency
        positions = [try agency.head().position]
    }

    /// How many lines were read.
    public var lines: Int { positions.count - 1 }

    /// The answer to the next line; nil to an empty one, which counts all the same.
    public func line(_ text: String) async throws -> String? {
        let number = positions.count
        var answer: String?
        if text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) {
            let fields: [(key: String, value: JSON)] = [("line", .integer(Int64(number)))]
            answer = JSON.object(fields + (try await self.answer(text))).written
        }
        positions.append(try agency.head().position)
        return answer
    }

    private func answer(_ text: String) async throws -> [Answers.Field] {
        do {
            guard case .object(let given)? = JSON(text) else {
                return Answers.receipt(try await agency.record(text: text), isBatch: false)
            }
            if given.contains(where: { $0.key == "ask" }) {
                let questioning = Questioning(agency: agency, positions: positions)
                return [("answer", try await questioning.answer(given))]
            }
            return try await command(given, text)
        } catch let error as CaseloadError {
            return Answers.error(error)
        }
    }

    private func command(_ given: [(key: String, value: JSON)], _ text: String) async throws -> [Answers.Field] {
        let field = { (name: String) in given.first { $0.key == name }?.value }
        let isBatch = if case .text("batch")? = field("op") { true } else { false }
        let isReview = if case .bool(true)? = field("review") { true } else { false }
        do {
            let line = try Fields(.object(given))
            let desk = try desk(line)
            let op = try line.text("op")
            if isReview {
                return Answers.verdict(try await call(op, line, at: desk.review), isBatch: isBatch)
            }
            return Answers.receipt(try await call(op, line, at: desk), isBatch: isBatch)
        } catch is Unlike {
            return isReview
                ? Answers.verdict(try await agency.review(text: text), isBatch: isBatch)
                : Answers.receipt(try await agency.record(text: text), isBatch: isBatch)
        }
    }

    private func desk(_ line: Fields) throws -> Desk {
        var desk = agency.acting(as: try line.id("actor") as ActorId).on(try line.day("on"))
        if let request: RequestId = try line.idIf("request") { desk = desk.request(request) }
        if let entered = try line.instantIf("entered") { desk = desk.entered(at: entered) }
        _ = try line.flagIf("review")
        return desk
    }
}
