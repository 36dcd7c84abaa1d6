using System.Data.Common;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Sessions;

namespace TriggerConsole.Authentication;

/// <summary>
/// Signs out pages that stay open after their user's session has ended: a circuit outlives the cookie it began with. Told at once of what
/// ends, and looking once a minute all the same; what a page does is checked by <see cref="CircuitGuard"/>.
/// </summary>
internal sealed class OpenPages : RevalidatingServerAuthenticationStateProvider
{
    private static readonly TimeSpan s_leastInterval = TimeSpan.FromSeconds(1);

    private readonly UserSessions _sessions;
    private readonly IOptions<SignInOptions> _options;
    private readonly IDisposable _listening;

    public OpenPages(ILoggerFactory logging, UserSessions sessions, SessionEndings endings, IOptions<SignInOptions> options) : base(logging)
    {
        (_sessions, _options) = (sessions, options);
        _listening = endings.OnEnded(end => _ = SignOutAsync(end));
    }

    // An interval of zero means "at every request" to the cookie; here it would be a loop without a pause
    protected override TimeSpan RevalidationInterval => _options.Value.CheckInterval > s_leastInterval ? _options.Value.CheckInterval : s_leastInterval;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        if (authenticationState.User.FindFirstValue(SessionClaims.Ticket) is not { } ticket) return true; // signed in by other means than a browser's session
        try
        {
            // What has to be done first is done on pages without a circuit
            return await _sessions.CheckAsync(ticket, cancellationToken) is { Duty: SignInDuty.None };
        }
        catch (DbException)
        {
            return true; // a database that does not answer for a moment must not sign everyone out
        }
    }

    protected override void Dispose(bool disposing)
    {
        _listening.Dispose();
        base.Dispose(disposing);
    }

    private async Task SignOutAsync(SessionEnd end)
    {
        AuthenticationState state;
        try
        {
            state = await GetAuthenticationStateAsync();
        }
        catch (InvalidOperationException)
        {
            return; // nobody was signed in here yet
        }
        if (state.User.UserId() is { } user && end.Concerns(user, state.User.SessionId())) SetAuthenticationState(Task.FromResult(new AuthenticationState(new())));
    }
}
