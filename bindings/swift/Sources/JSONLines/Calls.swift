import Caseload

/// Calls the method of a desk that a line stands for, by its name and with its defaults.
///
/// What is taken from the line is taken before anything is called: a line that no call could be throws ``Unlike``.
func call<Desk: Commands>(_ op: String, _ line: Fields, at desk: Desk) async throws -> Desk.Answer {
    let give =
        try programCall(op, line, at: desk) ?? staffCall(op, line, at: desk) ?? enrollmentCall(op, line, at: desk)
        ?? assignmentCall(op, line, at: desk) ?? handOverCall(op, line, at: desk) ?? idCall(op, line, at: desk)
    guard let give else { throw Unlike() }
    try line.mustBeUsedUp()
    return try await give()
}

private typealias Call<Answer> = () async throws -> Answer

private func programCall<Desk: Commands>(
    _ op: String, _ line: Fields, at desk: Desk
) throws -> Call<Desk.Answer>? {
    switch op {
    case "define_program":
        let (id, name, policy): (ProgramId, String?, Policy?) =
            (try line.id("id"), try line.textIf("name"), try line.policyIf("policy"))
        return { try await desk.defineProgram(id: id, name: name, policy: policy) }
    case "revise_program":
        let (id, policy): (ProgramId, Policy) = (try line.id("id"), try Fields.need(try line.policyIf("policy")))
        return { try await desk.reviseProgram(id: id, policy: policy) }
    case "rename_program":
        let (id, name): (ProgramId, String) = (try line.id("id"), try line.text("name"))
        return { try await desk.renameProgram(id: id, name: name) }
    case "close_program":
        let id: ProgramId = try line.id("id")
        return { try await desk.closeProgram(id: id) }
    case "reopen_program":
        let id: ProgramId = try line.id("id")
        return { try await desk.reopenProgram(id: id) }
    default: return nil
    }
}

private func staffCall<Desk: Commands>(_ op: String, _ line: Fields, at desk: Desk) throws -> Call<Desk.Answer>? {
    switch op {
    case "register_staff":
        let (id, name, rights): (StaffId, String?, [Right]?) =
            (try line.id("id"), try line.textIf("name"), try line.rightsIf("rights"))
        return { try await desk.registerStaff(id: id, name: name, rights: rights) }
    case "rename_staff":
        let (id, name): (StaffId, String) = (try line.id("id"), try line.text("name"))
        return { try await desk.renameStaff(id: id, name: name) }
    case "grant", "revoke":
        let staff: StaffId = try line.id("staff")
        let rights = try Fields.need(try line.rightsIf("rights"))
        let program: ProgramId? = try line.idIf("program")
        if op == "grant" { return { try await desk.grant(staff: staff, rights: rights, program: program) } }
        return { try await desk.revoke(staff: staff, rights: rights, program: program) }
    case "deactivate_staff":
        let (id, end): (StaffId, Day?) = (try line.id("id"), try line.dayIf("end_open"))
        return { try await desk.deactivateStaff(id: id, endOpen: end) }
    case "reactivate_staff":
        let id: StaffId = try line.id("id")
        return { try await desk.reactivateStaff(id: id) }
    default: return nil
    }
}

private func enrollmentCall<Desk: Commands>(
    _ op: String, _ line: Fields, at desk: Desk
) throws -> Call<Desk.Answer>? {
    switch op {
    case "enroll":
        let (id, participant, program): (EnrollmentId?, ParticipantId, ProgramId) =
            (try line.idIf("id"), try line.id("participant"), try line.id("program"))
        let (start, end) = (try line.day("start"), try line.dayIf("end"))
        return { try await desk.enroll(participant: participant, program: program, start: start, end: end, id: id) }
    case "end_enrollment":
        let (id, end, reason): (EnrollmentId, Day, String?) =
            (try line.id("id"), try line.day("end"), try line.textIf("reason"))
        return { try await desk.endEnrollment(id: id, end: end, reason: reason) }
    case "reinstate_enrollment":
        let (id, reason): (EnrollmentId, String?) = (try line.id("id"), try line.textIf("reason"))
        return { try await desk.reinstateEnrollment(id: id, reason: reason) }
    case "correct_enrollment":
        let (id, newId): (EnrollmentId, EnrollmentId?) = (try line.id("id"), try line.idIf("new_id"))
        let (start, end) = (try line.day("start"), try line.dayIf("end"))
        let reason = try line.textIf("reason")
        return {
            try await desk.correctEnrollment(id: id, start: start, end: end, reason: reason, newId: newId)
        }
    case "void_enrollment":
        let (id, reason): (EnrollmentId, String?) = (try line.id("id"), try line.textIf("reason"))
        return { try await desk.voidEnrollment(id: id, reason: reason) }
    case "mirror_enrollments":
        let program: ProgramId = try line.id("program")
        let rows = try line.objects("rows").map(enrollmentRow)
        let complete = try line.flagIf("complete").map { $0 ? Listing.complete : .partial }
        let outside: OnOutside? = try line.wordIf("on_outside", ["clip": .clip, "report": .report])
        return {
            try await desk.mirrorEnrollments(program: program, rows: rows, complete: complete, onOutside: outside)
        }
    default: return nil
    }
}

private func assignmentCall<Desk: Commands>(
    _ op: String, _ line: Fields, at desk: Desk
) throws -> Call<Desk.Answer>? {
    switch op {
    case "assign":
        let new = try assign(line)
        return {
            try await desk.assign(
                staff: new.staff, participant: new.participant, program: new.program, start: new.start,
                end: new.end, role: new.role, id: new.id)
        }
    case "end_assignment":
        let old = try endAssignment(line)
        return { try await desk.endAssignment(id: old.id, end: old.end, reason: old.reason) }
    case "correct":
        let (id, newId, staff): (AssignmentId, AssignmentId?, StaffId?) =
            (try line.id("id"), try line.idIf("new_id"), try line.idIf("staff"))
        let (start, end) = (try line.day("start"), try line.dayIf("end"))
        let (role, reason) = (try line.textIf("role"), try line.textIf("reason"))
        return {
            try await desk.correctAssignment(
                id: id, start: start, end: end, staff: staff, role: role, reason: reason, newId: newId)
        }
    case "void":
        let (id, reason): (AssignmentId, String?) = (try line.id("id"), try line.textIf("reason"))
        return { try await desk.voidAssignment(id: id, reason: reason) }
    case "batch":
        let mode: BatchMode = try line.word("mode", ["all_or_nothing": .allOrNothing, "partial": .partial])
        let rows = try line.objects("rows").map(batchRow)
        return { try await desk.batch(mode: mode, rows: rows) }
    default: return nil
    }
}

private func handOverCall<Desk: Commands>(
    _ op: String, _ line: Fields, at desk: Desk
) throws -> Call<Desk.Answer>? {
    switch op {
    case "transfer":
        let (id, newId, receiver): (AssignmentId, AssignmentId?, StaffId) =
            (try line.id("id"), try line.idIf("new_id"), try line.id("to_staff"))
        let (date, role, reason) = (try line.day("date"), try line.textIf("role"), try line.textIf("reason"))
        return {
            try await desk.transfer(
                id: id, toStaff: receiver, date: date, role: role, reason: reason, newId: newId)
        }
    case "transfer_all":
        // Every program must be said, as null.
        guard line.has("program") else { throw Unlike() }
        let program: ProgramId? = try line.idIf("program")
        let scope: Scope = program.map { .oneProgram(program: $0) } ?? .everyProgram
        let (giver, receiver): (StaffId, StaffId) = (try line.id("staff"), try line.id("to_staff"))
        let (date, prefix): (Day, AssignmentId?) = (try line.day("date"), try line.idIf("prefix"))
        let only: [ParticipantId]? = try line.idsIf("only")
        let onHeld: OnHeld? = try line.wordIf("on_held", ["refuse": .refuse, "end_source": .endSource])
        let skip = try line.flagIf("skip_ineligible").map { $0 ? Ineligible.skip : .refuse }
        let reason = try line.textIf("reason")
        return {
            try await desk.transferAll(
                staff: giver, toStaff: receiver, scope: scope, date: date, prefix: prefix, only: only,
                onHeld: onHeld, skipIneligible: skip, reason: reason)
        }
    default: return nil
    }
}

private func idCall<Desk: Commands>(_ op: String, _ line: Fields, at desk: Desk) throws -> Call<Desk.Answer>? {
    switch op {
    case "replace_id":
        let kind: Kind = try line.word(
            "kind",
            [
                "participant": .participant, "staff": .staff, "program": .program, "enrollment": .enrollment,
                "assignment": .assignment,
            ])
        let (id, newId) = (try line.text("id"), try line.text("new_id"))
        let reason = try line.textIf("reason")
        return { try await desk.replaceId(kind: kind, id: id, newId: newId, reason: reason) }
    case "forget":
        let (participant, reason): (ParticipantId, String?) =
            (try line.id("participant"), try line.textIf("reason"))
        return { try await desk.forget(participant: participant, reason: reason) }
    default: return nil
    }
}

private func assign(_ row: Fields) throws -> Assign {
    Assign(
        id: try row.idIf("id"), staff: try row.id("staff"), participant: try row.id("participant"),
        program: try row.id("program"), start: try row.day("start"), end: try row.dayIf("end"),
        role: try row.textIf("role"))
}

private func endAssignment(_ row: Fields) throws -> EndAssignment {
    EndAssignment(id: try row.id("id"), end: try row.day("end"), reason: try row.textIf("reason"))
}

private func batchRow(_ row: Fields) throws -> BatchRow {
    let read: BatchRow
    switch try row.text("op") {
    case "assign": read = .begin(assign: try assign(row))
    case "end_assignment": read = .end(end: try endAssignment(row))
    default: throw Unlike()
    }
    try row.mustBeUsedUp()
    return read
}

private func enrollmentRow(_ row: Fields) throws -> EnrollmentRow {
    let read = EnrollmentRow(
        id: try row.id("id"), participant: try row.id("participant"), start: try row.day("start"),
        end: try row.dayIf("end"))
    try row.mustBeUsedUp()
    return read
}
