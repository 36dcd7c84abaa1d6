using System.Data.Common;
using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Controls;

/// <summary>Runs what a reader asks for: only if he may (still), and with an answer whatever happens.</summary>
internal sealed class PageCommands(CircuitGuard guard)
{
    /// <param name="policy">Who may: one of <see cref="Permissions"/>.</param>
    /// <param name="command">Gets the user, for records of who did it.</param>
    public async Task<CommandResult<T>> RunAsync<T>(string policy, Func<ClaimsPrincipal, Task<CommandResult<T>>> command)
    {
        try
        {
            return await command(await guard.RequireAsync(policy));
        }
        catch (NotAllowedException exception)
        {
            return new Refusal.Conflict(exception.Message);
        }
        catch (Exception exception) when (exception is DbException or DbUpdateException or TimeoutException)
        {
            return new Refusal.Unavailable("The database does not answer. Nothing was changed; try again in a moment.", TimeSpan.FromSeconds(2));
        }
    }
}
