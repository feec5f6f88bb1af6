using System.CommandLine;
using System.CommandLine.Parsing;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Completion;

/// <summary>`aphorist completion`: prints a script for shell completion.</summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        _aphorist() {
            local IFS=$'\n' typed="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" offered option
            offered=$(aphorist "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
            # Bash takes '=' for the end of a word and completes only what follows it.
            option="${typed##* }"
            if [[ $option == --*=* && $word != --* ]]; then
                word="${word#=}"
                offered="${offered//"${option%%=*}="/}"
            fi
            COMPREPLY=($(compgen -W "$offered" -- "$word"))
        }
        complete -o default -F _aphorist aphorist
        """;

    private const string Zsh = "autoload -U +X bashcompinit && bashcompinit\n" + Bash;

    private const string PowerShell =
        """
        Register-ArgumentCompleter -Native -CommandName aphorist -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            aphorist "[suggest:$cursorPosition]" "$commandAst" | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    private static readonly string[] Shells = ["bash", "zsh", "powershell"];

    private static readonly Argument<string> Shell = ShellArgument();

    public static Command Create()
    {
        Command command = new("completion", "Print a script that adds tab completion to a shell.") { Shell };
        command.SetAction(call => CommandOutput.Of(call).Result.Announce(call.GetRequiredValue(Shell).ToLowerInvariant() switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => PowerShell,
        }));
        Example.Attach(
            command,
            new("source <(aphorist completion bash)", "Add completion to this bash session. Put the line into ~/.bashrc to keep it."),
            new(
                "aphorist completion powershell | Out-String | Invoke-Expression",
                "Add completion to this PowerShell session. Put the line into $PROFILE to keep it."));
        return command;
    }

    private static Argument<string> ShellArgument()
    {
        Argument<string> argument = new("SHELL") { Description = "The shell: bash, zsh or powershell.", HelpName = "SHELL" };
        argument.CompletionSources.Add(Shells);
        argument.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
                if (!Shells.Contains(token.Value, StringComparer.OrdinalIgnoreCase))
                    result.AddError($"There is no completion for '{token.Value}', only for {string.Join(", ", Shells)}.");
        });
        return argument;
    }
}
