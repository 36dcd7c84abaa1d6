using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Operations;
using TriggerConsole.Core.Operations.Backups;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Secrets.Keys;

[Collection(nameof(PostgreSqlServer))]
public sealed class KeyPreparationTests(PostgreSqlServer postgreSql) : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Directory.CreateTempSubdirectory("tc-keys-").FullName;

    private string KeyFile => Path.Combine(_folder, MasterKeys.FileName);

    [Fact]
    public async Task FirstStart_MakesAKeyFileThatProtectsAllKeysAndWarnsOfNothing()
    {
        await using var node = await KeyBench.StartAsync(_folder);

        Assert.Empty(node.Log);
        Assert.NotNull(MasterKey.Parse(await File.ReadAllTextAsync(KeyFile)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(KeyFile));
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(_folder, "triggerconsole.db")));
            foreach (var file in Directory.GetFiles(_folder)) Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
        }
        Assert.False(await node.Get<WrappedKeys>().AnyInTheClearAsync(default));
        Assert.Equal([node.Get<MasterKeys>().Current!.Id], node.Get<WrappedKeys>().IdsOfMasterKeys());
        await using var context = node.Open();
        Assert.NotEmpty(await context.DataKeys.ToListAsync());
        Assert.All(await context.DataProtectionKeys.ToListAsync(), k => Assert.DoesNotContain("<masterKey", k.Xml, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restart_ReadsWhatWasEncrypted()
    {
        string value, cookie;
        await using (var first = await KeyBench.StartAsync(_folder))
        {
            value = first.Protector.Protect("secret");
            cookie = first.Get<IDataProtectionProvider>().CreateProtector("cookie").Protect("Ada");
        }
        await using var second = await KeyBench.StartAsync(_folder);

        Assert.Equal("secret", second.Protector.Unprotect(value));
        Assert.Equal("Ada", second.Get<IDataProtectionProvider>().CreateProtector("cookie").Unprotect(cookie));
        Assert.StartsWith("tc2.", value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeysOfAnEarlierVersion_AreProtectedAndGoOnWorking()
    {
        string before;
        await using (var old = await KeyBench.MigrateAsync(_folder))
        {
            before = old.AsBefore().Protect("of before");
            Assert.True(await old.Get<WrappedKeys>().AnyInTheClearAsync(default)); // else the test shows nothing
        }
        await using var node = await KeyBench.StartAsync(_folder);

        Assert.False(await node.Get<WrappedKeys>().AnyInTheClearAsync(default));
        Assert.Equal("of before", node.Protector.Unprotect(before));
        await using var again = await KeyBench.StartAsync(_folder);
        Assert.Equal("of before", again.Protector.Unprotect(before));
    }

    [Fact]
    public async Task MasterKey_Missing_EndsTheStartWithASentenceThatNamesIt()
    {
        string id;
        await using (var node = await KeyBench.StartAsync(_folder)) id = node.Get<MasterKeys>().Current!.Id;
        File.Delete(KeyFile);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => KeyBench.StartAsync(_folder));

        Assert.Contains(KeyFile, fault.Message, StringComparison.Ordinal);
        Assert.Contains(id, fault.Message, StringComparison.Ordinal);
        Assert.Contains("Secrets:MasterKey", fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(KeyFile)); // no other one is made in its place
    }

    [Fact]
    public async Task MasterKey_AnotherOne_EndsTheStartAndChangesNothing()
    {
        await using (await KeyBench.StartAsync(_folder, settings: Given(1)))
        {
        }
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => KeyBench.StartAsync(_folder, settings: Given(2)));

        Assert.Contains("Secrets:MasterKey is not the one", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(KeyOf(1), fault.Message + KeyOf(0), StringComparison.Ordinal);
        await using var right = await KeyBench.StartAsync(_folder, settings: Given(1));
        Assert.False(File.Exists(KeyFile));
    }

    [Fact]
    public async Task MasterKey_Changed_WithThePreviousOneBesideIt_ProtectsEverythingAnew()
    {
        string value;
        await using (var first = await KeyBench.StartAsync(_folder, settings: Given(1))) value = first.Protector.Protect("secret");
        await using (var second = await KeyBench.StartAsync(_folder, settings: Given(2, previous: 1))) Assert.Equal("secret", second.Protector.Unprotect(value));

        // From now on the first one opens nothing
        await using var third = await KeyBench.StartAsync(_folder, settings: Given(2));
        Assert.Equal("secret", third.Protector.Unprotect(value));
        await Assert.ThrowsAsync<InvalidOperationException>(() => KeyBench.StartAsync(_folder, settings: Given(1)));
    }

    [Fact]
    public async Task KeyFile_ToConfiguredKey_TakesItOver()
    {
        string value;
        await using (var first = await KeyBench.StartAsync(_folder)) value = first.Protector.Protect("secret");
        var settings = Given(3);
        settings["Secrets:PreviousMasterKeyFile"] = KeyFile;
        await using (await KeyBench.StartAsync(_folder, settings: settings)) File.Delete(KeyFile);

        await using var node = await KeyBench.StartAsync(_folder, settings: Given(3));

        Assert.Equal("secret", node.Protector.Unprotect(value));
    }

    [Theory]
    [InlineData("Secrets:MasterKey", "short", "Secrets:MasterKey is no master key")]
    [InlineData("Secrets:MasterKeyFile", "/nowhere/key", "Secrets:MasterKeyFile")]
    public async Task MasterKey_ThatIsNone_EndsTheStart(string key, string value, string reason)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => KeyBench.StartAsync(_folder, settings: new() { [key] = value }));

        Assert.Contains(reason.Split(' ')[0], fault.Message + (fault is Microsoft.Extensions.Options.OptionsValidationException ? key : ""), StringComparison.Ordinal);
        Assert.IsNotType<NullReferenceException>(fault);
    }

    [Fact]
    public async Task PostgreSql_WithoutAMasterKey_WarnsOnceAndRefusesAnUnencryptedBackup()
    {
        var settings = new Dictionary<string, string?> { ["Database:Provider"] = "PostgreSql", ["ConnectionStrings:TriggerConsole"] = await postgreSql.CreateDatabaseAsync() };
        string value;
        await using (var open = await KeyBench.StartAsync(_folder, settings: settings))
        {
            value = open.Protector.Protect("secret");
            Assert.Contains("Secrets:MasterKey is not set", Assert.Single(open.Log), StringComparison.Ordinal);
            var refused = await Assert.ThrowsAsync<OperationRefusedException>(() => open.Get<BackupCommands>().BackupAsync(Path.Combine(_folder, "backup"), new(), default));
            Assert.Contains("--passphrase-file", refused.Message, StringComparison.Ordinal);
        }
        settings["Secrets:MasterKey"] = KeyOf(1);
        await using var node = await KeyBench.StartAsync(_folder, settings: settings);

        Assert.Equal("secret", node.Protector.Unprotect(value));
        Assert.Empty(node.Log);
        Assert.False(await node.Get<WrappedKeys>().AnyInTheClearAsync(default));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    internal static string KeyOf(byte number) => Convert.ToBase64String([.. Enumerable.Repeat(number, MasterKey.Bytes)]);

    internal static Dictionary<string, string?> Given(byte number, byte? previous = null)
    {
        var settings = new Dictionary<string, string?> { ["Secrets:MasterKey"] = KeyOf(number) };
        if (previous is { } before) settings["Secrets:PreviousMasterKey"] = KeyOf(before);
        return settings;
    }
}
