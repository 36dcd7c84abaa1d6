using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using TriggerConsole.Core.Persistence.Sqlite;

namespace TriggerConsole.Core.Scheduling.Engine;

/// <summary>
/// Quartz's connection to our SQLite file. Each of its transactions takes its turn at the write gate, like everything else that
/// writes, and holds it until the connection is closed; so it waits instead of being told that the database is locked.
/// </summary>
internal sealed class GatedSqliteConnection(SqliteWriteGate gate) : SqliteConnection
{
    private SqliteWriteGate.Lease? _turn;

    public override void Open()
    {
        base.Open();
        using var command = CreateCommand();
        command.CommandText = SqliteConnections.Pragmas;
        command.ExecuteNonQuery();
    }

    public override void Close()
    {
        try
        {
            base.Close(); // rolls back what was not committed
        }
        finally
        {
            EndTurn();
        }
    }

    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        if (_turn is not null) return base.BeginDbTransaction(isolationLevel);
        _turn = await gate.EnterAsync(cancellationToken);
        try
        {
            return base.BeginDbTransaction(isolationLevel);
        }
        catch
        {
            EndTurn();
            throw;
        }
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel)
    {
        _turn ??= gate.Enter();
        return base.BeginDbTransaction(isolationLevel);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        EndTurn();
    }

    private void EndTurn()
    {
        if (_turn is not { } turn) return;
        _turn = null;
        turn.Dispose();
    }

    /// <summary>Makes the connections for Quartz.</summary>
    internal sealed class Factory(SqliteWriteGate gate) : DbProviderFactory
    {
        public override DbConnection CreateConnection() => new GatedSqliteConnection(gate);

        public override DbCommand CreateCommand() => new SqliteCommand();

        public override DbParameter CreateParameter() => new SqliteParameter();
    }
}
