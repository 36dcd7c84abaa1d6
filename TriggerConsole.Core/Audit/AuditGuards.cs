using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Audit;

/// <summary>
/// Triggers of the database that refuse to change or delete an entry, and to set the head back. They stop slips and programs that know no
/// better, not whoever may drop triggers: that is found by the chain. Retention deletes what is before the head's first sequence.
/// Made again at each start that may change the schema, in case they were lost.
/// </summary>
internal static class AuditGuards
{
    public const string OfEntries = "audit_entries_append_only";
    public const string OfHead = "audit_head_forward";

    private static readonly string[] s_sqlite =
    [
        """
        CREATE TRIGGER IF NOT EXISTS audit_entries_append_only BEFORE UPDATE ON audit_entries
        BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END
        """,
        """
        CREATE TRIGGER IF NOT EXISTS audit_entries_no_delete BEFORE DELETE ON audit_entries
        WHEN OLD.sequence >= coalesce((SELECT first_sequence FROM audit_head WHERE id = 1), 0)
        BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END
        """,
        // INSERT OR REPLACE deletes without asking the trigger above
        """
        CREATE TRIGGER IF NOT EXISTS audit_entries_no_replace BEFORE INSERT ON audit_entries
        WHEN NEW.sequence <= coalesce((SELECT sequence FROM audit_head WHERE id = 1), 0)
        BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END
        """,
        """
        CREATE TRIGGER IF NOT EXISTS audit_head_forward BEFORE UPDATE ON audit_head
        WHEN NEW.id <> OLD.id OR NEW.sequence < OLD.sequence OR NEW.first_sequence < OLD.first_sequence OR NEW.first_sequence > NEW.sequence + 1
        BEGIN SELECT RAISE(ABORT, 'The audit log does not go back.'); END
        """,
        """
        CREATE TRIGGER IF NOT EXISTS audit_head_no_delete BEFORE DELETE ON audit_head
        BEGIN SELECT RAISE(ABORT, 'The audit log does not go back.'); END
        """,
    ];

    private const string PostgreSql = """
        DO $do$ BEGIN
            PERFORM pg_advisory_xact_lock(91710544229717);
            IF EXISTS (SELECT FROM pg_trigger WHERE tgname = 'audit_head_forward' AND tgrelid = 'audit_head'::regclass)
                AND EXISTS (SELECT FROM pg_trigger WHERE tgname = 'audit_entries_append_only' AND tgrelid = 'audit_entries'::regclass)
                AND EXISTS (SELECT FROM pg_trigger WHERE tgname = 'audit_entries_no_truncate' AND tgrelid = 'audit_entries'::regclass) THEN RETURN; END IF;
            CREATE OR REPLACE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $fn$ BEGIN
                IF TG_OP = 'DELETE' AND OLD.sequence < (SELECT first_sequence FROM audit_head WHERE id = 1) THEN RETURN OLD; END IF;
                RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'insufficient_privilege';
            END $fn$;
            CREATE OR REPLACE FUNCTION audit_head_forward() RETURNS trigger LANGUAGE plpgsql AS $fn$ BEGIN
                IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.sequence >= OLD.sequence AND NEW.first_sequence >= OLD.first_sequence AND NEW.first_sequence <= NEW.sequence + 1 THEN RETURN NEW; END IF;
                RAISE EXCEPTION 'The audit log does not go back.' USING ERRCODE = 'insufficient_privilege';
            END $fn$;
            DROP TRIGGER IF EXISTS audit_entries_append_only ON audit_entries;
            DROP TRIGGER IF EXISTS audit_entries_no_truncate ON audit_entries;
            DROP TRIGGER IF EXISTS audit_head_forward ON audit_head;
            DROP TRIGGER IF EXISTS audit_head_no_truncate ON audit_head;
            CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_append_only();
            CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_append_only();
            CREATE TRIGGER audit_head_forward BEFORE UPDATE OR DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_head_forward();
            CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION audit_head_forward();
        END $do$
        """;

    private static readonly string[] s_sqlServer =
    [
        """
        CREATE OR ALTER TRIGGER audit_entries_append_only ON audit_entries AFTER UPDATE, DELETE AS
        IF EXISTS (SELECT 1 FROM inserted) OR EXISTS (SELECT 1 FROM deleted d WHERE d.sequence >= (SELECT first_sequence FROM audit_head WHERE id = 1))
            THROW 51000, 'The audit log is append-only.', 1;
        """,
        """
        CREATE OR ALTER TRIGGER audit_head_forward ON audit_head AFTER UPDATE, DELETE AS
        IF EXISTS (SELECT 1 FROM deleted d LEFT JOIN inserted i ON i.id = d.id
            WHERE i.id IS NULL OR i.sequence < d.sequence OR i.first_sequence < d.first_sequence OR i.first_sequence > i.sequence + 1)
            THROW 51000, 'The audit log does not go back.', 1;
        """,
    ];

    /// <summary>Makes those that are missing.</summary>
    public static async Task EnsureAsync(TriggerConsoleDbContext context, CancellationToken cancellationToken)
    {
        string[] statements = context switch
        {
            SqliteTriggerConsoleDbContext => s_sqlite,
            PostgreSqlTriggerConsoleDbContext => [PostgreSql],
            _ => s_sqlServer,
        };
        foreach (var statement in statements) await context.Database.ExecuteSqlRawAsync(statement, cancellationToken);
    }
}
