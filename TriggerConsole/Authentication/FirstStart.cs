using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Authentication;

/// <summary>
/// The first administrator: from configuration (<c>TriggerConsole:Admin:Email</c>, <c>Password</c>, <c>ApiKey</c>), or from the
/// page <c>/setup</c>, which is open only while there is no user. From another machine it wants the code that the log shows,
/// so that a server that stands in the internet before it was set up cannot be taken.
/// </summary>
internal sealed partial class FirstStart(
    IDbContextFactory<TriggerConsoleDbContext> contexts, UserCommands users, ApiKeys keys, IConfiguration configuration, ILogger<FirstStart> logger)
    : IHostedLifecycleService
{
    private bool _isDone;

    /// <summary>Shown in the log while there is no user.</summary>
    public string Code { get; } = RandomNumberGenerator.GetHexString(8, lowercase: true);

    /// <summary>Whether the first administrator has yet to be made.</summary>
    public async ValueTask<bool> IsOpenAsync(CancellationToken cancellationToken)
    {
        if (_isDone) return false;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        _isDone = await context.Users.AnyAsync(cancellationToken);
        return !_isDone;
    }

    /// <summary>Makes the first administrator. Refused once there is a user.</summary>
    public Task<CommandResult<User>> CreateAsync(string email, string password, CancellationToken cancellationToken) => CreateAsync(email, password, mayBeGuessable: false, cancellationToken);

    private async Task<CommandResult<User>> CreateAsync(string email, string password, bool mayBeGuessable, CancellationToken cancellationToken)
    {
        var made = await users.CreateFirstAsync(email, password, mayBeGuessable, cancellationToken);
        _isDone |= !made.IsRefused;
        return made;
    }

    // After Core has brought the database up, before the server listens
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var admin = configuration.GetSection("TriggerConsole:Admin");
        if (await IsOpenAsync(cancellationToken) && admin["Email"] is { Length: > 0 } email)
        {
            if (admin["Password"] is not { Length: > 0 } password) throw new InvalidOperationException("TriggerConsole:Admin:Email is set, but TriggerConsole:Admin:Password is not.");
            var created = await CreateAsync(email, password, mayBeGuessable: true, cancellationToken);
            if (created.Refusal is Refusal.Invalid invalid)
                throw new InvalidOperationException($"TriggerConsole:Admin cannot be used: {string.Join(" ", invalid.Errors.Select(e => $"{e.Field}: {e.Message}"))}");
            // Of nodes that start together one makes it
            if (!created.IsRefused)
            {
                LogCreated(email);
                if (created.Value!.MustChangePassword) LogGuessable(email);
                await MakeKeyAsync(admin["ApiKey"], cancellationToken);
            }
        }
        if (await IsOpenAsync(cancellationToken)) LogCode(Code);
    }

    private async Task MakeKeyAsync(string? key, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(key)) return;
        var made = await keys.CreateAsync(new() { Name = "First key" }, "configuration", _ => true, cancellationToken, key);
        if (made.Refusal is Refusal.Invalid bad) throw new InvalidOperationException($"TriggerConsole:Admin:ApiKey cannot be used: {bad.Errors[0].Message}");
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventIds.FirstAdministrator, LogLevel.Information, "First administrator {Email} made from the configuration.")]
    private partial void LogCreated(string email);

    [LoggerMessage(EventIds.GuessablePassword, LogLevel.Warning, "The password of {Email} in the configuration is one that others would try. It has to be changed at the first sign-in.")]
    private partial void LogGuessable(string email);

    [LoggerMessage(EventIds.SetupCode, LogLevel.Warning, "There is no user yet. Open /setup in a browser; from another machine it asks for this code: {Code}")]
    private partial void LogCode(string code);
}
