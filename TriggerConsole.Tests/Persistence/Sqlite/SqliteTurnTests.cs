using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Persistence.Sqlite;

public sealed class SqliteTurnTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Save_RowChangedByAnother_EndsItsTurnAllTheSame(bool isAsync)
    {
        using var database = TestDatabase.Sqlite();
        var options = new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>().UseSqlite(database.ConnectionString).AddInterceptors(new SqliteConnectionSetup()).Options;
        await using var mine = new SqliteTriggerConsoleDbContext(options) { Gate = database.Gate };
        await using var another = new SqliteTriggerConsoleDbContext(options) { Gate = database.Gate };
        var callback = new Callback { Id = Guid.NewGuid(), Name = "Orders", Methods = "POST", TokenHash = new byte[32], TokenHint = "abcd", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };
        mine.Callbacks.Add(callback);
        await mine.SaveChangesAsync();
        var theirs = await another.Callbacks.SingleAsync();
        (theirs.Name, theirs.Version, callback.Name, callback.Version) = ("Theirs", 1, "Mine", 1);
        await another.SaveChangesAsync();

        if (isAsync) await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => mine.SaveChangesAsync());
        else Assert.Throws<DbUpdateConcurrencyException>(() => mine.SaveChanges());

        using (await database.Gate.EnterAsync(new CancellationTokenSource(Eventually.Limit).Token))
        {
            // whoever is next gets his turn
        }
        theirs.Name = "Again";
        Assert.Equal(1, await another.SaveChangesAsync());
    }
}
