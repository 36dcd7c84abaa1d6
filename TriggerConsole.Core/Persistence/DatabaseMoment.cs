using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace TriggerConsole.Core.Persistence;

/// <summary>All tables as they are at one moment, however many queries read them.</summary>
internal static class DatabaseMoment
{
    /// <summary>Begins it; the result ends it.</summary>
    public static async Task<DbTransaction> BeginAsync(TriggerConsoleDbContext context, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        var connection = context.Database.GetDbConnection();
        // SQLite would take the lock for writing for anything but a deferred one
        var transaction = connection is SqliteConnection sqlite ? sqlite.BeginTransaction(deferred: true) : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await context.Database.UseTransactionAsync(transaction, cancellationToken);
        return transaction;
    }
}
