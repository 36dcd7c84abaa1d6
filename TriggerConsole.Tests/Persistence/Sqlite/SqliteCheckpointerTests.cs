using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Persistence.Sqlite;

public sealed class SqliteCheckpointerTests : IDisposable
{
    private readonly TestDatabase _database = TestDatabase.Sqlite();
    private readonly IExecutionStore _store;

    public SqliteCheckpointerTests() => _store = _database.SqliteStore();

    private string File => _database.ConnectionString.Split(['=', ';'])[1];

    [Fact]
    public async Task Write_MuchWithoutAPause_LogStaysShortAndFileGrows()
    {
        const int Written = 120 << 20;
        var body = new byte[64 << 10];
        long longest = 0;
        for (var i = 0; i < Written / body.Length; i += 4)
        {
            _store.Write([.. Enumerable.Range(0, 4).Select(_ => new AcceptEntry(Sample.Event(body), []))], []);
            longest = Math.Max(longest, new FileInfo(File + "-wal").Length);
        }

        // It begins anew after 16 MiB; what is written until the checkpoint has the turn comes on top
        Assert.InRange(longest, 1, Written * 5 / 6); // without beginning anew it would be longer than all that was written
        await Eventually.TrueAsync(() => new FileInfo(File).Length > Written * 3 / 4, "most of it to be in the database file");
    }

    [Fact]
    public void Dispose_PagesStillInTheLog_AreInTheFile()
    {
        var stored = Sample.Event(new byte[1 << 20]);
        _store.Write([new AcceptEntry(stored, [])], []);

        _store.Dispose();

        Assert.False(System.IO.File.Exists(File + "-wal"));
        using var context = _database.CreateDbContext();
        Assert.Equal(stored.Id, Assert.Single(context.Events).Id);
    }

    public void Dispose()
    {
        _store.Dispose();
        _database.Dispose();
    }
}
